package dev.convoke.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Role;
import dev.convoke.model.TensorShape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InitializerTest {
    /** From src/test/python/philox_golden.py. */
    @Test
    void kernelsBeginAsTheGoldenOne() {
        Segment segment = segment(Role.KERNEL, 2, TensorShape.of(4, 2, 3, 3));
        float[] expected = {0.030901035f, -0.07446635f, -0.28374276f, 0.2547932f};
        assertArrayEquals(
                expected, Arrays.copyOf(Initializer.initial(segment, 11).values(), 4));
    }

    @Test
    void kernelsFillGlorotsRangeEvenly() {
        Segment segment = segment(Role.KERNEL, 0, TensorShape.of(64, 32, 3, 3));
        double bound = Math.sqrt(6.0 / (9 * (32 + 64)));
        float[] values = Initializer.initial(segment, 5).values();
        double sum = 0;
        double squares = 0;
        double largest = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
            largest = Math.max(largest, Math.abs(value));
        }
        assertTrue(largest <= bound && largest > 0.999 * bound, "largest " + largest + " of " + bound);
        // Four standard errors: of the mean bound / sqrt(3 n), of the variance its 2 / sqrt(5 n).
        double count = values.length;
        assertEquals(0, sum / count, 4 * bound / Math.sqrt(3 * count));
        double variance = bound * bound / 3;
        assertEquals(variance, squares / count, 4 * variance * 2 / Math.sqrt(5 * count));
    }

    @Test
    void denseFansAreItsSides() {
        Segment segment = segment(Role.KERNEL, 0, TensorShape.of(10, 128));
        double bound = Math.sqrt(6.0 / 138);
        for (float value : Initializer.initial(segment, 5).values()) {
            assertTrue(Math.abs(value) <= bound, "value " + value);
        }
    }

    /** Of filters in groups, as Keras counts: the channels that one filter sees, and all filters. */
    @Test
    void fansOfGroupsAreTheKernelsOwnAxes() {
        float[] values = Initializer.initial(segment(Role.KERNEL, 0, TensorShape.of(64, 1, 3, 3)), 5)
                .values();
        double bound = Math.sqrt(6.0 / (9 * (1 + 64)));
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertTrue(largest <= bound && largest > 0.99 * bound, "largest " + largest + " of " + bound);
    }

    @Test
    void seedAndSegmentDecide() {
        TensorShape shape = TensorShape.of(3, 5);
        float[] one = Initializer.initial(segment(Role.KERNEL, 0, shape), 1).values();
        assertFalse(Arrays.equals(
                one, Initializer.initial(segment(Role.KERNEL, 0, shape), 2).values()));
        assertFalse(Arrays.equals(
                one, Initializer.initial(segment(Role.KERNEL, 1, shape), 1).values()));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "KERNEL")
    void theRestStartsAtZeroOrOne(Role role) {
        float expected = role == Role.GAMMA || role == Role.RUNNING_VARIANCE ? 1 : 0;
        Tensor tensor = Initializer.initial(segment(role, 3, TensorShape.of(3)), 9);
        assertArrayEquals(new float[] {expected, expected, expected}, tensor.values());
    }

    @Test
    void aTensorsValuesFillItsShape() {
        TensorShape shape = TensorShape.of(2, 3);
        var refusal = assertThrows(IllegalArgumentException.class, () -> new Tensor(shape, new float[5]));
        assertEquals("a tensor of 2x3 does not hold 5 values", refusal.getMessage());
        assertThrows(
                ArithmeticException.class,
                () -> TensorShape.of(1 << 16, 1 << 16).size());
    }

    private static Segment segment(Role role, int index, TensorShape shape) {
        return new Segment("layer/" + role.suffix(), index, role, shape, 0, Penalty.NONE, ParameterRule.NORMAL);
    }
}
