package dev.convoke.backend.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.DropoutMask;
import dev.convoke.backend.Execution;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Networks;
import dev.convoke.backend.OpCase;
import dev.convoke.backend.Pictures;
import dev.convoke.backend.Scenario;
import dev.convoke.backend.Session;
import dev.convoke.backend.States;
import dev.convoke.backend.Trace;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Add;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.GlobalMaxPooling;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Size;
import dev.convoke.model.Window;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle against finite differences, in float64: every op, every kind of parameter, and every op's input. */
class ReferenceGradientTest {
    private static final ImageShape INPUT = new ImageShape(2, 6, 5);
    private static final int COUNT = 3;

    /**
     * Weights are handed over as float32, so a step is what float32 makes of 2^-11: the differences' error is about 1e-7 of
     * the largest gradient, and the trace rounds gradients to float32, another 6e-8. Third derivatives through batch
     * normalization are some tens.
     */
    private static final double NETWORK_TOLERANCE = 2e-5;

    private final SplittableRandom random = new SplittableRandom(12);

    static Stream<Window> windows() {
        List<Window> windows = new ArrayList<>();
        for (int size : new int[] {1, 2, 3, 5}) {
            for (int stride = 1; stride <= 3; stride++) {
                for (Padding padding : List.of(Padding.SAME, Padding.VALID)) {
                    windows.add(Window.square(size, stride, padding));
                }
            }
        }
        windows.add(new Window(new Size(3, 2), new Size(2, 1), Size.ONE, Padding.VALID));
        windows.add(new Window(new Size(1, 4), new Size(1, 3), Size.ONE, Padding.SAME));
        windows.add(new Window(Size.square(3), Size.ONE, Size.ONE, Padding.of(1)));
        windows.add(new Window(Size.square(3), Size.square(2), Size.ONE, Padding.of(2, 0, 1, 1)));
        return windows.stream();
    }

    /** Windows with gaps, and one that sees nothing but zeros in some places. */
    static Stream<Window> sparseWindows() {
        return Stream.concat(
                windows(),
                Stream.of(
                        new Window(Size.square(3), Size.ONE, Size.square(2), Padding.SAME),
                        new Window(new Size(2, 3), new Size(2, 1), new Size(3, 2), Padding.VALID),
                        new Window(new Size(3, 2), new Size(1, 2), new Size(1, 3), Padding.of(0, 2, 3, 1)),
                        new Window(Size.ONE, Size.ONE, Size.ONE, Padding.of(1, 0, 2, 1))));
    }

    @ParameterizedTest
    @MethodSource("sparseWindows")
    void convolution(Window window) {
        for (int groups = 1; groups <= 2; groups++) {
            int cuts = groups; // the two channels of the input, each with two filters of its own
            WindowGeometry over = window.over("op", INPUT, 4);
            double[] x = random(COUNT * INPUT.size());
            double[] kernel = random(4 * 2 / groups * window.size().area());
            double[] bias = random(4);
            double[] dy = random(COUNT * over.output().size());
            GradientCheck.assertGradient(
                    "input",
                    ReferenceConvolution.inputGradient(over, cuts, COUNT, dy, kernel),
                    x,
                    moved -> GradientCheck.dot(dy, convolved(over, cuts, moved, kernel, bias)));
            GradientCheck.assertGradient(
                    "kernel",
                    ReferenceConvolution.kernelGradient(over, cuts, COUNT, kernel.length, x, dy),
                    kernel,
                    moved -> GradientCheck.dot(dy, convolved(over, cuts, x, moved, bias)));
            GradientCheck.assertGradient(
                    "bias",
                    ReferenceConvolution.biasGradient(over.output(), dy),
                    bias,
                    moved -> GradientCheck.dot(dy, convolved(over, cuts, x, kernel, moved)));
        }
    }

    private static double[] convolved(WindowGeometry over, int groups, double[] x, double[] kernel, double[] bias) {
        double[] y = ReferenceConvolution.forward(over, groups, COUNT, x, kernel);
        ReferenceConvolution.addBias(over.output(), y, bias);
        return y;
    }

    @ParameterizedTest
    @MethodSource("windows")
    void pooling(Window window) {
        for (ReferencePooling.Kind kind : ReferencePooling.Kind.values()) {
            assertPooling(window.over("op", INPUT, INPUT.channels()), kind);
        }
    }

    /** A window over the whole image. */
    @ParameterizedTest
    @EnumSource
    void globalPooling(ReferencePooling.Kind kind) {
        Layer layer =
                kind == ReferencePooling.Kind.MAXIMUM ? new GlobalMaxPooling("op") : new GlobalAveragePooling("op");
        WindowGeometry whole = ReferenceForward.whole(op(layer));
        assertEquals(new ImageShape(2, 1, 1), whole.output());
        assertPooling(whole, kind);
    }

    private void assertPooling(WindowGeometry over, ReferencePooling.Kind kind) {
        double[] x = distinct(COUNT * INPUT.size());
        double[] dy = random(COUNT * over.output().size());
        GradientCheck.assertGradient(
                "input",
                ReferencePooling.inputGradient(over, kind, COUNT, x, dy),
                x,
                moved -> GradientCheck.dot(dy, ReferencePooling.forward(over, kind, COUNT, moved)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void batchNormalization(int count) {
        ReferenceBatchNormalization op = normalization(count);
        double[] x = random(count * INPUT.size());
        double[] gamma = random(INPUT.channels());
        double[] beta = random(INPUT.channels());
        double[] dy = random(x.length);
        ReferenceBatchNormalization.Gradients found = op.backward(x, dy, op.moments(x), gamma);
        GradientCheck.assertGradient(
                "input", found.x(), x, moved -> GradientCheck.dot(dy, normalized(op, moved, gamma, beta)));
        GradientCheck.assertGradient(
                "gamma", found.gamma(), gamma, moved -> GradientCheck.dot(dy, normalized(op, x, moved, beta)));
        GradientCheck.assertGradient(
                "beta", found.beta(), beta, moved -> GradientCheck.dot(dy, normalized(op, x, gamma, moved)));
    }

    private static ReferenceBatchNormalization normalization(int count) {
        return new ReferenceBatchNormalization(Networks.normalization("op"), INPUT, count);
    }

    private static double[] normalized(ReferenceBatchNormalization op, double[] x, double[] gamma, double[] beta) {
        return op.forward(x, op.moments(x), gamma, beta);
    }

    /** By moments that do not hang on x. */
    @Test
    void frozenBatchNormalization() {
        ReferenceBatchNormalization op = normalization(COUNT);
        double[] x = random(COUNT * INPUT.size());
        double[] gamma = random(INPUT.channels());
        double[] beta = random(INPUT.channels());
        double[] dy = random(x.length);
        ReferenceBatchNormalization.Moments running =
                new ReferenceBatchNormalization.Moments(random(INPUT.channels()), new double[] {0.7, 1.3});
        GradientCheck.assertGradient(
                "input",
                op.backwardFrozen(dy, running, gamma),
                x,
                moved -> GradientCheck.dot(dy, op.forward(moved, running, gamma, beta)));
    }

    @Test
    void dense() {
        int inputs = 6;
        int units = 7;
        double[] x = random(COUNT * inputs);
        double[] kernel = random(units * inputs);
        double[] dy = random(COUNT * units);
        GradientCheck.assertGradient(
                "input",
                ReferenceDense.inputGradient(inputs, units, COUNT, dy, kernel),
                x,
                moved -> GradientCheck.dot(dy, ReferenceDense.forward(inputs, units, COUNT, moved, kernel)));
        GradientCheck.assertGradient(
                "kernel",
                ReferenceDense.kernelGradient(inputs, units, COUNT, x, dy),
                kernel,
                moved -> GradientCheck.dot(dy, ReferenceDense.forward(inputs, units, COUNT, x, moved)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 0.5})
    void dropout(double rate) {
        Op op = op(new Dropout("op", rate));
        DropoutMask mask = DropoutMask.of(rate);
        double[] x = random(COUNT * INPUT.size());
        double[] dy = random(x.length);
        GradientCheck.assertGradient(
                "input",
                ReferenceDropout.apply(op, mask, 5, 1, 2, COUNT, dy),
                x,
                moved -> GradientCheck.dot(dy, ReferenceDropout.apply(op, mask, 5, 1, 2, COUNT, moved)));
    }

    @ParameterizedTest
    @EnumSource
    void activation(ActivationFunction function) {
        Activation op = new Activation("op", function);
        double[] x = distinct(COUNT * INPUT.size());
        double[] dy = random(x.length);
        GradientCheck.assertGradient(
                "input",
                ReferenceActivation.inputGradient(op, x, dy),
                x,
                moved -> GradientCheck.dot(dy, ReferenceActivation.forward(op, moved)));
    }

    static Stream<Loss> losses() {
        return Stream.of(
                Loss.SoftmaxCrossEntropy.of(7, 0),
                Loss.SoftmaxCrossEntropy.of(7, 0.1),
                Loss.SoftmaxCrossEntropy.of(7, 0.9),
                new Loss.SoftmaxCrossEntropy(4, 0.1, List.of(0.5, 2.0, 1.25, 3.0), 5),
                Loss.SoftmaxCrossEntropy.of(300, 0.1),
                new Loss.SigmoidCrossEntropy(1),
                new Loss.SigmoidCrossEntropy(5, 0.2, List.of()),
                new Loss.SigmoidCrossEntropy(3, 0.1, List.of(0.5, 3.0, 1.0)),
                new Loss.MeanSquaredError(1),
                new Loss.MeanSquaredError(5),
                new Loss.Huber(1, 1),
                new Loss.Huber(5, 0.4));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void loss(Loss loss) {
        ModelSpec model = Networks.graph(
                "model", INPUT, loss, Node.of(new Flatten("flatten")), Node.of(Networks.dense("d", loss.outputs())));
        assertLoss(loss, Pictures.forModel(model, COUNT));
        if (loss.outputs() > 1) {
            assertLoss(loss, Pictures.random(INPUT, loss.outputs(), COUNT)); // classes, one 1 among zeros
        }
    }

    private void assertLoss(Loss loss, ImageSet images) {
        double[] outputs = random(COUNT * loss.outputs());
        ReferenceBatch batch = new ReferenceBatch(new double[0], images, new int[] {2, 0, 1}, 0, 0);
        GradientCheck.assertGradient(
                "outputs",
                ReferenceLoss.of(loss, outputs, batch, 1.0 / COUNT).gradient(),
                outputs,
                moved -> ReferenceLoss.of(loss, moved, batch, 1.0 / COUNT).sum() / COUNT);
    }

    /** Whole networks with an op, a join or a loss of every kind, from the parameters to the loss. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.GradientCases#networks")
    void gradientsOfWholeNetworks(OpCase op) {
        NetworkCheck check = check(op.model(), op.scenario(2).images());
        check.assertGradients(check.gradients());
    }

    private static NetworkCheck check(ModelSpec model, ImageSet images) {
        return new NetworkCheck(NetworkCheck.withoutKinks(model), images);
    }

    /** A layer that two read, of whose gradients one is forgotten. */
    @Test
    void aReaderWhoseGradientIsForgottenIsCaught() {
        NetworkCheck both = check(twoReaders("front", "front"), Pictures.random(INPUT, 2, COUNT));
        both.assertGradients(both.gradients());
        ReferenceArena half = both.gradients();
        Segment kernel = both.plan().parameters().segments().get(0);
        assertEquals("front/kernel", kernel.name());
        for (int i = 0; i < kernel.size(); i++) {
            half.of(kernel)[i] /= 2;
        }
        AssertionError caught = assertThrows(AssertionError.class, () -> both.assertGradients(half));
        assertTrue(caught.getMessage().startsWith("front/kernel at 0"), caught.getMessage());
    }

    private static ModelSpec twoReaders(String first, String second) {
        return Networks.graph(
                "model",
                INPUT,
                Loss.SoftmaxCrossEntropy.of(2, 0),
                Node.of(Networks.convolution("front", 3, 3, 1, Padding.SAME)),
                Node.of(new Add("op"), first, second),
                Node.of(new Flatten("flatten")),
                Node.of(Networks.dense("last", 2)));
    }

    @Test
    void aFrozenNormalizationTakenForAnOrdinaryOneIsCaught() {
        ImageSet images = Pictures.random(INPUT, 2, COUNT);
        NetworkCheck frozen = check(normalized(true), images);
        NetworkCheck ordinary = check(normalized(false), images);
        frozen.assertGradients(frozen.gradients());
        ordinary.assertGradients(ordinary.gradients());
        assertThrows(AssertionError.class, () -> frozen.assertGradients(ordinary.gradients()));
        assertThrows(AssertionError.class, () -> ordinary.assertGradients(frozen.gradients()));
    }

    private static ModelSpec normalized(boolean frozen) {
        return Networks.of(
                "model",
                INPUT,
                2,
                Networks.convolution("front", 3, 3, 1, Padding.SAME),
                new BatchNormalization(
                        "op",
                        0.9,
                        1e-3,
                        true,
                        true,
                        BatchNormalization.Variance.BIASED,
                        new ParameterRule(frozen, 1, true)),
                new Flatten("flatten"),
                Networks.dense("last", 2));
    }

    @Test
    void aLossThatForgetsItsWeightsIsCaught() {
        ImageSet images = Pictures.random(INPUT, 3, COUNT);
        ReferenceBatch batch = new ReferenceBatch(new double[0], images, new int[] {0, 1, 2}, 0, 0);
        Loss weighed = new Loss.SoftmaxCrossEntropy(3, 0, List.of(0.5, 1.5, 2.0), 5);
        double[] outputs = random(COUNT * 3);
        double[] wrong = ReferenceLoss.of(Loss.SoftmaxCrossEntropy.of(3, 0), outputs, batch, 1.0 / COUNT)
                .gradient();
        assertThrows(
                AssertionError.class,
                () -> GradientCheck.assertGradient(
                        "outputs",
                        wrong,
                        outputs,
                        moved -> ReferenceLoss.of(weighed, moved, batch, 1.0 / COUNT)
                                        .sum()
                                / COUNT));
    }

    /** The chain as a session runs it: every parameter of a network that has every op. */
    @Test
    void wholeNetwork() {
        ModelSpec model = NetworkCheck.withoutKinks(Networks.everything());
        Scenario scenario = Scenario.of(model, 4, 4);
        Execution exact = new Execution(1, Precision.FLOAT64, Execution.KernelChoice.AUTO);
        try (Session session = new ReferenceBackend().open(scenario.request(exact))) {
            NamedTensors state = States.shaken(session.program().full());
            session.restore(state, 0);
            Trace trace = session.trace(2, 0);
            double largest = 0;
            for (String name : trace.parameterGradients().names()) {
                for (float g : trace.parameterGradients().get(name).values()) {
                    largest = Math.max(largest, Math.abs(g));
                }
            }
            for (Segment segment : session.program().full().parameters().segments()) {
                assertSegment(session, state, segment, trace, largest);
            }
        }
    }

    private static void assertSegment(
            Session session, NamedTensors state, Segment segment, Trace trace, double largest) {
        float[] values = state.get(segment.name()).values();
        float[] gradients = trace.parameterGradients().get(segment.name()).values();
        for (int i = 0; i < values.length; i += Math.max(1, values.length / 12)) {
            float held = values[i];
            float above = held + 0x1p-11f;
            float below = held - 0x1p-11f;
            values[i] = above;
            double higher = lossOf(session, state);
            values[i] = below;
            double lower = lossOf(session, state);
            values[i] = held;
            double difference = (higher - lower) / ((double) above - below);
            if (!(Math.abs(difference - gradients[i]) <= NETWORK_TOLERANCE * largest)) {
                throw new AssertionError(segment.name() + " at " + i + ": gradient " + gradients[i] + ", differences "
                        + difference + ", largest " + largest);
            }
        }
    }

    private static double lossOf(Session session, NamedTensors state) {
        session.restore(state, 0);
        return session.trace(2, 0).loss();
    }

    @Test
    void aPerturbedGradientIsCaught() {
        double[] x = random(COUNT * 6);
        double[] kernel = random(7 * 6);
        double[] dy = random(COUNT * 7);
        double[] gradient = ReferenceDense.kernelGradient(6, 7, COUNT, x, dy);
        gradient[11] += 1e-5;
        assertThrows(
                AssertionError.class,
                () -> GradientCheck.assertGradient(
                        "kernel",
                        gradient,
                        kernel,
                        moved -> GradientCheck.dot(dy, ReferenceDense.forward(6, 7, COUNT, x, moved))));
    }

    @Test
    void aPoolingBackwardThatForgetsOverlapsIsCaught() {
        WindowGeometry over = Window.square(3, 1, Padding.SAME).over("op", INPUT, INPUT.channels());
        double[] x = distinct(COUNT * INPUT.size());
        double[] dy = random(x.length);
        double[] wrong = lastWindowWins(over, x, dy);
        assertThrows(
                AssertionError.class,
                () -> GradientCheck.assertGradient(
                        "input",
                        wrong,
                        x,
                        moved -> GradientCheck.dot(
                                dy, ReferencePooling.forward(over, ReferencePooling.Kind.MAXIMUM, COUNT, moved))));
    }

    /** Max pooling's backward with a fault: an element that wins several windows keeps the last one's gradient alone. */
    private static double[] lastWindowWins(WindowGeometry over, double[] x, double[] dy) {
        double[] y = ReferencePooling.forward(over, ReferencePooling.Kind.MAXIMUM, COUNT, x);
        double[] dx = new double[x.length];
        for (int o = 0; o < y.length; o++) {
            for (int i = 0; i < x.length; i++) {
                if (x[i] == y[o]) {
                    dx[i] = dy[o];
                }
            }
        }
        return dx;
    }

    @Test
    void normalizationWithoutTheMomentsGradientIsCaught() {
        ReferenceBatchNormalization op = normalization(COUNT);
        double[] x = random(COUNT * INPUT.size());
        double[] gamma = random(INPUT.channels());
        double[] beta = random(INPUT.channels());
        double[] dy = random(x.length);
        double[] wrong = op.backwardFrozen(dy, op.moments(x), gamma);
        assertThrows(
                AssertionError.class,
                () -> GradientCheck.assertGradient(
                        "input", wrong, x, moved -> GradientCheck.dot(dy, normalized(op, moved, gamma, beta))));
    }

    /** A layer as an op over {@link #INPUT}. */
    private static Op op(Layer layer) {
        ModelSpec model = Networks.of("model", INPUT, 2, layer, new Flatten("flatten"), Networks.dense("logits", 2));
        return PlanCompiler.compile(model, COUNT, Precision.FLOAT64).ops().get(0);
    }

    private double[] random(int size) {
        return random.doubles(size, -1, 1).toArray();
    }

    /** Values in random order, no two nearer than several steps of the differences, and none near 0: no kink is straddled. */
    private double[] distinct(int size) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = (i - size / 2 + 0.5) * 2.0 / size;
        }
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            double held = values[i];
            values[i] = values[j];
            values[j] = held;
        }
        return values;
    }
}
