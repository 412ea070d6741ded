package dev.convoke.backend.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Role;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import org.junit.jupiter.api.Test;

class ArenaSegmentTest {
    private static Segment kernel(int... axes) {
        return new Segment("layer/kernel", 0, Role.KERNEL, TensorShape.of(axes), 0, Penalty.NONE, ParameterRule.NORMAL);
    }

    private static Tensor counted(Segment segment) {
        float[] values = new float[segment.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return new Tensor(segment.shape(), values);
    }

    @Test
    void aConvolutionKernelLiesWithItsChannelsLast() {
        ArenaSegment ours = new ArenaSegment(kernel(1, 2, 1, 3), 0, 1, 2, 1, 3);
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, ours.arrange(counted(ours.segment())));
    }

    @Test
    void aDenseKernelBehindAFlattenReadsPixelsBeforeChannels() {
        ArenaSegment ours = new ArenaSegment(kernel(2, 6), 0, 2, 2, 3, 1);
        float[] expected = {0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11};
        assertArrayEquals(expected, ours.arrange(counted(ours.segment())));
    }

    @Test
    void theWayBackIsCanonicalAgain() {
        ArenaSegment ours = new ArenaSegment(kernel(3, 10, 2, 2), 0, 3, 5, 2, 4);
        Tensor canonical = counted(ours.segment());
        assertArrayEquals(
                canonical.values(), ours.canonical(ours.arrange(canonical)).values());
    }

    @Test
    void axesThatDoNotMakeUpTheSegmentAreRefused() {
        Segment segment = kernel(2, 6);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> new ArenaSegment(segment, 0, 2, 2, 2, 1));
        assertEquals("layer/kernel is no 2x2x2x1 but 2x6", refused.getMessage());
    }
}
