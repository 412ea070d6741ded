package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convoke.plan.Initializer;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** States to start a comparison from, and their equality. */
public final class States {
    private static final long SEED = 99;

    private States() {}

    /**
     * Initial kernels, but nothing at the zeros and ones where a run starts: a backend that forgets a bias, or mixes scale
     * and shift up, shows.
     */
    public static NamedTensors shaken(Plan plan) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Segment> segments = new ArrayList<>(plan.parameters().segments());
        segments.addAll(plan.statistics().segments());
        NamedTensors state = new NamedTensors();
        for (Segment segment : segments) {
            state.put(
                    segment.name(),
                    switch (segment.role()) {
                        case KERNEL -> Initializer.initial(segment, SEED);
                        case BIAS, BETA, RUNNING_MEAN -> random(segment, random, -0.5, 0.5);
                        case GAMMA, RUNNING_VARIANCE -> random(segment, random, 0.5, 1.5);
                    });
        }
        return state;
    }

    /** A state right behind an update, without the gradients of the batches before it, which nobody looks at again. */
    public static NamedTensors behindUpdate(NamedTensors state) {
        NamedTensors rest = new NamedTensors();
        for (String name : state.names()) {
            if (!name.startsWith("optimizer/accumulated/")) {
                rest.put(name, state.get(name));
            }
        }
        return rest;
    }

    private static Tensor random(Segment segment, SplittableRandom random, double low, double high) {
        Tensor tensor = Tensor.zeros(segment.shape());
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] = (float) random.nextDouble(low, high);
        }
        return tensor;
    }

    /** Fails unless both states hold the same names in the same order, and the same bits. */
    public static void assertSameBits(NamedTensors expected, NamedTensors actual) {
        assertEquals(List.copyOf(expected.names()), List.copyOf(actual.names()), "names and their order");
        for (String name : expected.names()) {
            assertEquals(expected.get(name).shape(), actual.get(name).shape(), name);
            assertArrayEquals(bits(expected.get(name)), bits(actual.get(name)), name);
        }
    }

    private static int[] bits(Tensor tensor) {
        int[] bits = new int[tensor.values().length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(tensor.values()[i]);
        }
        return bits;
    }
}
