package dev.convoke.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.DeviceException;
import dev.convoke.backend.DropoutMask;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Networks;
import dev.convoke.backend.Scenario;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.ImageShape;
import dev.convoke.model.LayerSpec;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Padding;
import dev.convoke.model.RunningVariance;
import dev.convoke.plan.Op;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import dev.convoke.plan.TensorShape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The oracle's ops on numbers that were worked out by hand. */
class ReferenceOpsTest {
    /** A few roundings of float64 numbers near 1. */
    private static final double ROUNDING = 1e-14;

    /** A logarithm of a sum near 1000 is rounded once or twice, and the logits near 1000 are taken from it. */
    private static final double ROUNDING_AT_1000 = 4 * Math.ulp(1000.0);

    /** The tables are rounded in the 15th digit, which is off by 5e-16 at most; our float64 roundings take as much. */
    private static final double TABLE_DIGITS = 1e-15;

    // 1 2 3
    // 4 5 6
    private static final double[] SIX = {1, 2, 3, 4, 5, 6}; // [1, 1, 2, 3]

    @Test
    void convolutionSlidesWithoutTurningTheKernel() {
        Op.Convolution op = first(Op.Convolution.class, Networks.convolution("op", 1, 2, 1, Padding.VALID));
        double[] y = ReferenceConvolution.forward(op, 1, SIX, new double[] {1, 10, 100, 1000}, new double[] {0.5});
        assertArrayEquals(new double[] {5421.5, 6532.5}, y, ROUNDING);
    }

    @Test
    void samePaddingPutsTheOddZeroLast() {
        Op.Convolution op = first(Op.Convolution.class, Networks.convolution("op", 1, 2, 1, Padding.SAME));
        double[] y = ReferenceConvolution.forward(op, 1, SIX, new double[] {1, 10, 100, 1000}, new double[] {0});
        assertArrayEquals(new double[] {5421, 6532, 603, 54, 65, 6}, y, ROUNDING);
    }

    @Test
    void poolingLeavesPaddingOut() {
        Op.Pooling maximum = first(Op.Pooling.class, new LayerSpec.MaxPooling("op", 2, 2, Padding.SAME));
        Op.Pooling mean = first(Op.Pooling.class, new LayerSpec.AveragePooling("op", 2, 2, Padding.SAME));
        double[] negative = {-1, -2, -3, -4, -5, -6};
        assertArrayEquals(new double[] {-1, -3}, ReferencePooling.forward(maximum, 1, negative));
        assertArrayEquals(new double[] {3, 4.5}, ReferencePooling.forward(mean, 1, SIX));
        assertArrayEquals(
                new double[] {1, 1, 3, 1, 1, 3}, ReferencePooling.inputGradient(mean, 1, SIX, new double[] {4, 6}));
    }

    @Test
    void theFirstOfEqualMaximaTakesTheGradientAndNotANumberWins() {
        Op.Pooling op = first(Op.Pooling.class, new LayerSpec.MaxPooling("op", 2, 1, Padding.VALID));
        double[] tied = {7, 7, 0, 7, 7, 0};
        assertArrayEquals(
                new double[] {1, 2, 0, 0, 0, 0}, ReferencePooling.inputGradient(op, 1, tied, new double[] {1, 2}));
        double[] broken = {7, 8, 0, Double.NaN, 7, 0};
        assertArrayEquals(new double[] {Double.NaN, 8}, ReferencePooling.forward(op, 1, broken));
    }

    @Test
    void runningStatisticsTakeTheUnbiasedVariance() {
        Op.BatchNormalization op =
                first(Op.BatchNormalization.class, new LayerSpec.BatchNormalization("op", 0.75, 1e-3));
        ReferenceBatchNormalization.Moments batch = ReferenceBatchNormalization.moments(op, 1, SIX);
        assertArrayEquals(new double[] {3.5}, batch.mean(), ROUNDING);
        assertArrayEquals(new double[] {17.5 / 6}, batch.variance(), ROUNDING);
        ReferenceBatchNormalization.Moments before =
                new ReferenceBatchNormalization.Moments(new double[] {2}, new double[] {1});
        ReferenceBatchNormalization.Moments after =
                ReferenceBatchNormalization.running(op, 1, before, batch, RunningVariance.UNBIASED);
        assertArrayEquals(new double[] {0.75 * 2 + 0.25 * 3.5}, after.mean(), ROUNDING);
        assertArrayEquals(new double[] {0.75 + 0.25 * 3.5}, after.variance(), ROUNDING);
    }

    /** Dropped features are from src/test/python/philox_golden.py. */
    @Test
    void dropoutZeroesTheGoldenFeaturesAndScalesTheRest() {
        Op.Dropout op = new Op.Dropout("op", 0, 1, 0, 0, 4, 4);
        double[] ones = new double[16];
        Arrays.fill(ones, 1);
        double[] y = ReferenceDropout.apply(op, DropoutMask.of(0.5), 3, 1, 5, 1, ones);
        double[] expected = {0, 0, 2, 0, 0, 2, 2, 0, 2, 2, 2, 0, 2, 2, 0, 0};
        assertArrayEquals(expected, y);
    }

    @Test
    void denseIsAWeightedSumByUnit() {
        Op.Dense op = new Op.Dense(
                "op",
                0,
                1,
                2,
                3,
                new Segment("op/kernel", 0, Segment.Role.KERNEL, TensorShape.of(3, 2), 0, 0),
                new Segment("op/bias", 1, Segment.Role.BIAS, TensorShape.of(3), 6, 0));
        double[] y = ReferenceDense.forward(
                op, 2, new double[] {1, 10, 2, 20}, new double[] {1, 2, 3, 4, 5, 6}, new double[] {0.5, 0, -0.5});
        assertArrayEquals(new double[] {21.5, 43, 64.5, 42.5, 86, 129.5}, y, ROUNDING);
    }

    @Test
    void lossOfEvenLogitsIsTheLogarithmOfTheClasses() {
        ReferenceLoss loss = ReferenceLoss.of(new double[] {2, 2, 2, 2}, new int[] {1}, 4, 0.2);
        assertEquals(Math.log(4), loss.losses()[0], ROUNDING);
        assertArrayEquals(new double[] {0.2, -0.6, 0.2, 0.2}, loss.gradient(), ROUNDING);
        assertEquals(0, loss.predictions()[0], "the lowest class on a tie");
        assertEquals(0.25, loss.confidence()[0], ROUNDING);
        assertEquals(0, loss.correct());
    }

    @Test
    void lossOfLargeLogitsDoesNotOverflow() {
        ReferenceLoss loss = ReferenceLoss.of(new double[] {1000, 0, 990, 1000}, new int[] {0, 0}, 2, 0);
        assertArrayEquals(new double[] {0, 10 + Math.log1p(Math.exp(-10))}, loss.losses(), ROUNDING_AT_1000);
        assertEquals(1, loss.correct());
    }

    /** Values of the error function to 15 digits, from tables (Abramowitz and Stegun 7.1, table 7.1). */
    @ParameterizedTest
    @CsvSource({
        "0, 0", "0.1, 0.112462916018285", "0.5, 0.520499877813047", "1, 0.842700792949715",
        "2, 0.995322265018953", "3, 0.999977909503001", "5.9, 1", "7, 1"
    })
    void errorFunctionAgreesWithTheTables(double x, double expected) {
        assertEquals(expected, ReferenceActivation.erf(x), TABLE_DIGITS);
        assertEquals(-expected, ReferenceActivation.erf(-x), TABLE_DIGITS);
    }

    @Test
    void activationsAreWhatTheirNamesSay() {
        double[] x = {-2, 0, 2};
        assertActivation(ActivationFunction.RELU, x, 0, 0, 2);
        assertActivation(ActivationFunction.LEAKY_RELU, x, -0.6, 0, 2);
        assertActivation(ActivationFunction.GELU, x, -0.045500263896358, 0, 1.954499736103642);
        assertActivation(ActivationFunction.TANH, x, -0.964027580075817, 0, 0.964027580075817);
        assertActivation(ActivationFunction.SIGMOID, x, 0.119202922022118, 0.5, 0.880797077977882);
    }

    private static void assertActivation(ActivationFunction function, double[] x, double... expected) {
        Op.Activation op = first(Op.Activation.class, new LayerSpec.Activation("op", function));
        assertArrayEquals(expected, ReferenceActivation.forward(op, x), ROUNDING, function.toString());
    }

    @Test
    void derivativesAtTheKinkAreTheLowerOnes() {
        Op.Activation relu = first(Op.Activation.class, new LayerSpec.Activation("op", ActivationFunction.RELU));
        Op.Activation leaky = first(Op.Activation.class, new LayerSpec.Activation("op", ActivationFunction.LEAKY_RELU));
        double[] zero = {0};
        assertArrayEquals(zero, ReferenceActivation.inputGradient(relu, zero, new double[] {1}));
        assertArrayEquals(new double[] {0.3}, ReferenceActivation.inputGradient(leaky, zero, new double[] {1}));
    }

    @ParameterizedTest
    @EnumSource(names = "TF32")
    void precisionsItLacksAreRefusedByName(Precision precision) {
        Scenario scenario = Scenario.of(Networks.everything(), 2, 2);
        Execution execution = new Execution(1, precision, Execution.KernelChoice.AUTO);
        DeviceException refusal =
                assertThrows(DeviceException.class, () -> new ReferenceBackend().open(scenario.request(execution)));
        assertTrue(refusal.getMessage().contains(precision.name()), refusal.getMessage());
    }

    private static <T extends Op> T first(Class<T> kind, LayerSpec layer) {
        ModelSpec model = new ModelSpec(
                "model",
                new ImageShape(1, 2, 3),
                2,
                List.of(layer, new LayerSpec.Flatten("flatten"), Networks.dense("last", 2)),
                0);
        return kind.cast(PlanCompiler.compile(model, 1, Precision.FLOAT64).ops().get(0));
    }
}
