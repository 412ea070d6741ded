package dev.convoke.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.ImageSet;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HoldoutTest {
    private static final int COUNT = 20;

    /** From src/test/python/philox_golden.py. */
    @Test
    void theGoldenImagesAreHeldOutInTheirOrder() {
        Holdout holdout = Holdout.of(numbered(), 4, 9);
        assertArrayEquals(new byte[] {0, 1, 2, 11}, holdout.validation().pixels());
        assertEquals(COUNT - 4, holdout.train().count());
    }

    @Test
    void everyImageIsOnOneSideWithItsLabel() {
        Holdout holdout = Holdout.of(numbered(), 7, 123);
        byte[] all = new byte[COUNT];
        System.arraycopy(holdout.train().pixels(), 0, all, 0, COUNT - 7);
        System.arraycopy(holdout.validation().pixels(), 0, all, COUNT - 7, 7);
        Arrays.sort(all);
        assertArrayEquals(numbered().pixels(), all);
        for (int i = 0; i < 7; i++) {
            assertEquals(
                    holdout.validation().pixels()[i] % 5, holdout.validation().label(i));
        }
    }

    @Test
    void theSeedDecides() {
        byte[] one = Holdout.of(numbered(), 7, 1).validation().pixels();
        assertArrayEquals(one, Holdout.of(numbered(), 7, 1).validation().pixels());
        assertFalse(Arrays.equals(one, Holdout.of(numbered(), 7, 2).validation().pixels()));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, COUNT, COUNT + 1})
    void nothingMayBeLeftEmpty(int count) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> Holdout.of(numbered(), count, 1));
        assertTrue(refusal.getMessage().contains(count + " of " + COUNT), refusal.getMessage());
    }

    /** Image i is the one pixel i, label i modulo 5. */
    private static ImageSet numbered() {
        byte[] pixels = new byte[COUNT];
        byte[] labels = new byte[COUNT];
        for (int i = 0; i < COUNT; i++) {
            pixels[i] = (byte) i;
            labels[i] = (byte) (i % 5);
        }
        return new ImageSet(1, 1, 1, pixels, labels);
    }
}
