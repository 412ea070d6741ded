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
import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.Targets;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Size;
import dev.convoke.model.Window;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
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

    private static final ImageShape SHAPE = new ImageShape(1, 2, 3);

    @Test
    void convolutionSlidesWithoutTurningTheKernel() {
        WindowGeometry window = over(Window.square(2, 1, Padding.VALID));
        double[] y = ReferenceConvolution.forward(window, 1, 1, SIX, new double[] {1, 10, 100, 1000});
        ReferenceConvolution.addBias(window.output(), y, new double[] {0.5});
        assertArrayEquals(new double[] {5421.5, 6532.5}, y, ROUNDING);
    }

    @Test
    void samePaddingPutsTheOddZeroLast() {
        WindowGeometry window = over(Window.square(2, 1, Padding.SAME));
        double[] y = ReferenceConvolution.forward(window, 1, 1, SIX, new double[] {1, 10, 100, 1000});
        assertArrayEquals(new double[] {5421, 6532, 603, 54, 65, 6}, y, ROUNDING);
    }

    @Test
    void dilationLooksAtEverySecondColumn() {
        WindowGeometry window = over(new Window(Size.square(2), Size.ONE, new Size(1, 2), Padding.VALID));
        double[] y = ReferenceConvolution.forward(window, 1, 1, SIX, new double[] {1, 10, 100, 1000});
        assertArrayEquals(new double[] {1 + 30 + 400 + 6000}, y, ROUNDING);
    }

    @Test
    void explicitZerosLieWhereTheyAreSaidTo() {
        WindowGeometry window = over(new Window(new Size(1, 2), Size.ONE, Size.ONE, Padding.of(1, 2, 0, 0)));
        double[] y = ReferenceConvolution.forward(window, 1, 1, SIX, new double[] {1, 10});
        // A row of zeros, then each row behind two zeros.
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, 10, 21, 32, 0, 40, 54, 65}, y, ROUNDING);
    }

    @Test
    void groupsSeeTheirOwnChannels() {
        ImageShape two = new ImageShape(2, 1, 2);
        double[] x = {1, 2, 30, 40}; // two channels of one row
        WindowGeometry window = Window.square(1, 1, Padding.VALID).over("op", two, 4);
        double[] y = ReferenceConvolution.forward(window, 2, 1, x, new double[] {1, 2, 3, 4});
        assertArrayEquals(new double[] {1, 2, 2, 4, 90, 120, 120, 160}, y, ROUNDING);
        double[] dk = ReferenceConvolution.kernelGradient(window, 2, 1, 4, x, new double[] {1, 0, 0, 1, 1, 0, 0, 1});
        assertArrayEquals(new double[] {1, 2, 30, 40}, dk, ROUNDING);
    }

    @Test
    void poolingLeavesPaddingOut() {
        WindowGeometry window = over(Window.square(2, 2, Padding.SAME));
        double[] negative = {-1, -2, -3, -4, -5, -6};
        assertArrayEquals(
                new double[] {-1, -3}, ReferencePooling.forward(window, ReferencePooling.Kind.MAXIMUM, 1, negative));
        assertArrayEquals(
                new double[] {3, 4.5}, ReferencePooling.forward(window, ReferencePooling.Kind.AVERAGE, 1, SIX));
        assertArrayEquals(
                new double[] {1, 1, 3, 1, 1, 3},
                ReferencePooling.inputGradient(window, ReferencePooling.Kind.AVERAGE, 1, SIX, new double[] {4, 6}));
    }

    @Test
    void explicitPaddingOfPoolingsIsLeftOutToo() {
        WindowGeometry window = over(Window.square(2, 2, Padding.of(1, 0, 0, 1)));
        assertEquals(new ImageShape(1, 1, 2), window.output());
        assertArrayEquals(
                new double[] {1.5, 3}, ReferencePooling.forward(window, ReferencePooling.Kind.AVERAGE, 1, SIX));
    }

    @Test
    void theFirstOfEqualMaximaTakesTheGradientAndNotANumberWins() {
        WindowGeometry window = over(Window.square(2, 1, Padding.VALID));
        double[] tied = {7, 7, 0, 7, 7, 0};
        assertArrayEquals(
                new double[] {1, 2, 0, 0, 0, 0},
                ReferencePooling.inputGradient(window, ReferencePooling.Kind.MAXIMUM, 1, tied, new double[] {1, 2}));
        double[] broken = {7, 8, 0, Double.NaN, 7, 0};
        assertArrayEquals(
                new double[] {Double.NaN, 8},
                ReferencePooling.forward(window, ReferencePooling.Kind.MAXIMUM, 1, broken));
    }

    @Test
    void runningStatisticsTakeTheVarianceThatIsNamed() {
        assertRunning(BatchNormalization.Variance.TENSORFLOW, SHAPE, 3.5);
        assertRunning(BatchNormalization.Variance.UNBIASED, SHAPE, 3.5);
        assertRunning(BatchNormalization.Variance.BIASED, SHAPE, 17.5 / 6);
    }

    @Test
    void runningStatisticsOfFeaturesAreBiasedInTensorFlow() {
        ImageShape feature = new ImageShape(1, 1, 1);
        assertRunning(BatchNormalization.Variance.TENSORFLOW, feature, 17.5 / 6);
        assertRunning(BatchNormalization.Variance.UNBIASED, feature, 3.5);
        assertRunning(BatchNormalization.Variance.BIASED, feature, 17.5 / 6);
    }

    /** Of 1 to 6, the pixels of one image or the features of six. */
    private static void assertRunning(BatchNormalization.Variance variance, ImageShape shape, double expected) {
        ReferenceBatchNormalization op = new ReferenceBatchNormalization(
                new BatchNormalization("op", 0.75, 1e-3, true, true, variance, ParameterRule.NORMAL),
                shape,
                6 / shape.size());
        ReferenceBatchNormalization.Moments batch = op.moments(SIX);
        assertArrayEquals(new double[] {3.5}, batch.mean(), ROUNDING);
        assertArrayEquals(new double[] {17.5 / 6}, batch.variance(), ROUNDING);
        ReferenceBatchNormalization.Moments before =
                new ReferenceBatchNormalization.Moments(new double[] {2}, new double[] {1});
        ReferenceBatchNormalization.Moments after = op.running(before, batch);
        assertArrayEquals(new double[] {0.75 * 2 + 0.25 * 3.5}, after.mean(), ROUNDING);
        assertArrayEquals(new double[] {0.75 + 0.25 * expected}, after.variance(), ROUNDING);
    }

    @Test
    void oneValueHasNoUnbiasedVariance() {
        ReferenceBatchNormalization op = new ReferenceBatchNormalization(
                new BatchNormalization(
                        "op", 0.5, 1e-3, true, true, BatchNormalization.Variance.UNBIASED, ParameterRule.NORMAL),
                new ImageShape(1, 1, 1),
                1);
        ReferenceBatchNormalization.Moments before =
                new ReferenceBatchNormalization.Moments(new double[] {2}, new double[] {1});
        ReferenceBatchNormalization.Moments after = op.running(before, op.moments(new double[] {4}));
        assertArrayEquals(new double[] {3}, after.mean());
        assertArrayEquals(new double[] {0.5}, after.variance());
    }

    /** Dropped features are from src/test/python/philox_golden.py. */
    @Test
    void dropoutZeroesTheGoldenFeaturesAndScalesTheRest() {
        Op op = dropout();
        double[] ones = new double[16];
        Arrays.fill(ones, 1);
        double[] y = ReferenceDropout.apply(op, DropoutMask.of(0.5), 3, 1, 5, 1, ones);
        double[] expected = {0, 0, 2, 0, 0, 2, 2, 0, 2, 2, 2, 0, 2, 2, 0, 0};
        assertArrayEquals(expected, y);
    }

    /** The first dropout layer of its network, over 4x4 pixels. */
    private static Op dropout() {
        ModelSpec model = Networks.of(
                "model",
                new ImageShape(1, 4, 4),
                2,
                new Dropout("op", 0.5),
                new Flatten("flatten"),
                Networks.dense("last", 2));
        return PlanCompiler.compile(model, 1, Precision.FLOAT64).ops().get(0);
    }

    @Test
    void denseIsAWeightedSumByUnit() {
        double[] y = ReferenceDense.forward(2, 3, 2, new double[] {1, 10, 2, 20}, new double[] {1, 2, 3, 4, 5, 6});
        assertArrayEquals(new double[] {21, 43, 65, 42, 86, 130}, y, ROUNDING);
        ReferenceConvolution.addBias(new ImageShape(3, 1, 1), y, new double[] {0.5, 0, -0.5});
        assertArrayEquals(new double[] {21.5, 43, 64.5, 42.5, 86, 129.5}, y, ROUNDING);
    }

    private static ReferenceLoss loss(Loss loss, double[] outputs, Targets targets) {
        int count = targets.count();
        ImageSet images = new ImageSet(1, 1, 1, new byte[count], targets);
        int[] all = IntStream.range(0, count).toArray();
        return ReferenceLoss.of(loss, outputs, new ReferenceBatch(new double[count], images, all, 0, 0), 1.0 / count);
    }

    private static Targets classes(int... labels) {
        return new Targets.Classes(labels);
    }

    private static Targets numbers(int width, float... values) {
        return new Targets.Values(width, values);
    }

    @Test
    void lossOfEvenLogitsIsTheLogarithmOfTheClasses() {
        ReferenceLoss loss = loss(Loss.SoftmaxCrossEntropy.of(4, 0.2), new double[] {2, 2, 2, 2}, classes(1));
        assertEquals(Math.log(4), loss.sum(), ROUNDING);
        assertArrayEquals(new double[] {0.2, -0.6, 0.2, 0.2}, loss.gradient(), ROUNDING);
        assertEquals(0, loss.largest(0), "the lowest class on a tie");
        assertEquals(0.25, loss.answer(0, 0), ROUNDING);
        assertEquals(0, loss.firstSum());
        assertEquals(1, loss.secondSum(), "none is larger than the label");
    }

    @Test
    void lossOfLargeLogitsDoesNotOverflow() {
        ReferenceLoss loss = loss(Loss.SoftmaxCrossEntropy.of(2, 0), new double[] {1000, 0, 990, 1000}, classes(0, 0));
        assertEquals(10 + Math.log1p(Math.exp(-10)), loss.sum(), ROUNDING_AT_1000);
        assertEquals(1, loss.firstSum());
        Loss sigmoid = new Loss.SigmoidCrossEntropy(2);
        assertEquals(
                1000,
                loss(sigmoid, new double[] {1000, -1000}, numbers(2, 0, 1)).sum(),
                ROUNDING_AT_1000);
        assertEquals(
                0, loss(sigmoid, new double[] {1000, -1000}, numbers(2, 1, 0)).sum(), ROUNDING_AT_1000);
    }

    @Test
    void weightsOfClassesScaleTheirImagesAndTheMeanStaysOverAll() {
        Loss weighed = new Loss.SoftmaxCrossEntropy(2, 0, List.of(3.0, 0.5), 1);
        ReferenceLoss loss = loss(weighed, new double[] {1, 1, 1, 1}, classes(0, 1));
        assertEquals(3.5 * Math.log(2), loss.sum(), ROUNDING);
        assertArrayEquals(new double[] {-0.75, 0.75, 0.125, -0.125}, loss.gradient(), ROUNDING);
        assertEquals(1, loss.firstSum(), "the figures are not weighed");
    }

    @Test
    void aLabelAmongTheLargestCounts() {
        Loss two = new Loss.SoftmaxCrossEntropy(4, 0, List.of(), 2);
        double[] outputs = {4, 3, 2, 1, 4, 3, 2, 1, 4, 3, 2, 1};
        ReferenceLoss loss = loss(two, outputs, classes(0, 1, 2));
        assertEquals(1, loss.firstSum());
        assertEquals(2, loss.secondSum());
    }

    @Test
    void labelsAreJudgedEachAndAllTogether() {
        Loss loss = new Loss.SigmoidCrossEntropy(3, 0.2, List.of(1.0, 4.0, 1.0));
        // Targets 0.9, 0.1 and 0.1 behind the smoothing; at 0 every probability is a half.
        ReferenceLoss even = loss(loss, new double[] {0, 0, 0}, numbers(3, 1, 0, 0));
        assertEquals(6 * Math.log(2) / 3, even.sum(), ROUNDING);
        assertArrayEquals(new double[] {-0.4 / 3, 1.6 / 3, 0.4 / 3}, even.gradient(), ROUNDING);
        assertEquals(2.0 / 3, even.firstSum(), ROUNDING, "0 counts as no");
        assertEquals(0, even.secondSum());
        ReferenceLoss sure = loss(loss, new double[] {5, -5, -6}, numbers(3, 1, 0, 0));
        assertEquals(1, sure.firstSum());
        assertEquals(1, sure.secondSum());
        assertEquals(1 / (1 + Math.exp(-5)), sure.answer(0, 0), ROUNDING);
    }

    @Test
    void distancesFromNumbersAreSquaredOrCutToALine() {
        double[] outputs = {1, -3}; // errors 0.5 and -4
        Targets targets = numbers(2, 0.5f, 1);
        ReferenceLoss squared = loss(new Loss.MeanSquaredError(2), outputs, targets);
        assertEquals((0.25 + 16) / 2, squared.sum(), ROUNDING);
        assertArrayEquals(new double[] {0.5, -4}, squared.gradient(), ROUNDING);
        ReferenceLoss huber = loss(new Loss.Huber(2, 2), outputs, targets);
        assertEquals((0.125 + 2 * (4 - 1)) / 2, huber.sum(), ROUNDING);
        assertArrayEquals(new double[] {0.25, -1}, huber.gradient(), ROUNDING);
        for (ReferenceLoss each : List.of(squared, huber)) {
            assertEquals(2.25, each.firstSum(), ROUNDING);
            assertEquals(8.125, each.secondSum(), ROUNDING);
            assertEquals(-3, each.answer(0, 1));
        }
    }

    @Test
    void aClassIsAOneAmongZerosWhereNumbersAreWanted() {
        double[] outputs = {0.5, 0.25, -1};
        ReferenceLoss ofClass = loss(new Loss.MeanSquaredError(3), outputs, classes(1));
        ReferenceLoss ofNumbers = loss(new Loss.MeanSquaredError(3), outputs, numbers(3, 0, 1, 0));
        assertEquals(ofNumbers.sum(), ofClass.sum());
        assertArrayEquals(ofNumbers.gradient(), ofClass.gradient());
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
        Activation op = new Activation("op", function);
        assertArrayEquals(expected, ReferenceActivation.forward(op, x), ROUNDING, function.toString());
    }

    @Test
    void derivativesAtTheKinkAreTheLowerOnes() {
        Activation relu = new Activation("op", ActivationFunction.RELU);
        Activation leaky = new Activation("op", ActivationFunction.LEAKY_RELU);
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

    private static WindowGeometry over(Window window) {
        return window.over("op", SHAPE, 1);
    }
}
