package dev.convoke.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Golden orders are from src/test/python/philox_golden.py. */
class EpochOrderTest {
    @Test
    void smallOrdersAreTheGoldenOnes() {
        assertArrayEquals(new int[] {3, 7, 0, 4, 1, 5, 6, 8, 9, 2}, order(1, 0, 10));
        assertArrayEquals(new int[] {6, 4, 9, 3, 8, 2, 7, 1, 5, 0}, order(1, 1, 10));
    }

    @Test
    void aLargeOrderBeginsAsTheGoldenOneAndUsesAllOfTheSeed() {
        int[] order = order((1L << 40) + 5, 3, 60_000);
        assertArrayEquals(new int[] {20055, 44748, 55979, 28971, 36977, 23268}, Arrays.copyOf(order, 6));
        assertFalse(Arrays.equals(order, order(5, 3, 60_000)));
    }

    @Test
    void everyOrderVisitsEveryImageOnce() {
        for (int size : new int[] {1, 2, 31, 1000}) {
            int[] order = order(9, 4, size);
            Arrays.sort(order);
            assertArrayEquals(IntStream.range(0, size).toArray(), order);
        }
    }

    private static int[] order(long seed, int epoch, int size) {
        int[] order = new int[size];
        EpochOrder.fill(seed, epoch, order);
        return order;
    }
}
