package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.Targets;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Schedule;
import dev.convoke.model.TensorShape;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.pipeline.EpochOrder;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Program;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a session promises beyond its arithmetic: ranges, states, remainders, refusals. */
interface SessionContract extends BackendUnderTest {
    int BATCH = 4;
    /** Two full batches and a remainder of three. */
    int IMAGES = 11;

    int STEPS = 3;

    /** Everything at once: a state that is lost anywhere shows. */
    private static Scenario everything() {
        Augmentation augmentation = new Augmentation(
                10,
                0.1,
                0.1,
                2,
                0.9,
                1.1,
                true,
                false,
                Augmentation.Center.KERAS,
                new Augmentation.Erasing(0.5, 0.02, 0.2, 2, 0.3),
                new Augmentation.Elastic(3, 2));
        return Scenario.of(Networks.everything(), BATCH, IMAGES)
                .with(augmentation)
                .with(Optimizer.Adam.DEFAULT)
                .with(new Schedule.WarmUp(2, new Schedule.Cosine(0.01, 0)));
    }

    static Stream<Optimizer> optimizers() {
        return OptimizerContract.optimizers().stream();
    }

    /** Every rule, and a plain one. */
    static Stream<UpdateRule> rules() {
        return Stream.concat(Stream.of(UpdateRule.of(Optimizer.Adam.DEFAULT)), OptimizerContract.rules().stream());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.SessionContract#rules")
    default void rangesGiveTheBitsOfTheWhole(UpdateRule rule) {
        Scenario scenario = everything().with(rule);
        try (Session whole = open(scenario);
                Session parts = open(scenario)) {
            TrainingSums expected = whole.train(0, 0, STEPS).plus(whole.train(1, 0, STEPS));
            TrainingSums actual = TrainingSums.NONE;
            for (int epoch = 0; epoch < 2; epoch++) { // the cuts lie in the middle of groups of two or three
                actual = actual.plus(parts.train(epoch, 0, 1));
                actual = actual.plus(parts.train(epoch, 1, 1));
                actual = actual.plus(parts.train(epoch, 1, STEPS));
            }
            States.assertSameBits(whole.state(), parts.state());
            Evaluations.assertClose(scenario.model().loss(), expected, actual, tolerances());
            assertEquals(expected.first(), actual.first());
            assertEquals(expected.second(), actual.second());
        }
    }

    /** What a profile says must be about the steps that are trained otherwise; a backend that has none says so. */
    @Test
    default void aProfiledStepGivesTheBitsOfAnUnprofiledOne() {
        try (Session plain = open(everything());
                Session profiled = open(everything())) {
            StepProfile profile;
            try {
                profile = profiled.profile(0, 0, 2);
            } catch (DeviceException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("--device"), e.getMessage());
                return;
            }
            plain.train(0, 0, 2);
            States.assertSameBits(plain.state(), profiled.state());
            assertWhole(plain.program().full(), profile, 2);
            assertThrows(IllegalArgumentException.class, () -> profiled.profile(0, 1, STEPS), "the remainder");
        }
    }

    /** Every op is part of the profile forward and backward, and parts follow each other inside their step. */
    private static void assertWhole(Plan plan, StepProfile profile, int steps) {
        List<String> ops = plan.ops().stream()
                .filter(op -> !(op.layer() instanceof Flatten))
                .map(Op::name)
                .toList();
        for (StepProfile.Pass pass : List.of(StepProfile.Pass.FORWARD, StepProfile.Pass.BACKWARD)) {
            List<String> named = profile.parts().stream()
                    .filter(part -> part.pass() == pass)
                    .flatMap(part -> Stream.of(part.name().split("\\+", -1)))
                    .toList();
            assertTrue(named.containsAll(ops), pass + ": " + named + " lacks some of " + ops);
        }
        assertEquals(steps, profile.stepNanos().length);
        for (int step = 0; step < steps; step++) {
            long end = 0;
            for (StepProfile.Part part : profile.parts()) {
                assertTrue(part.startNanos()[step] >= end, part.name() + " begins before its predecessor has ended");
                assertTrue(!part.kernels().isEmpty(), part.name());
                end = part.startNanos()[step] + part.nanos()[step];
            }
            assertTrue(end <= profile.stepNanos()[step], "the parts outlast their step");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.SessionContract#optimizers")
    default void aRestoredStateGoesOnWithTheSameBits(Optimizer optimizer) {
        Scenario scenario = everything().with(optimizer);
        try (Session straight = open(scenario);
                Session resumed = open(scenario)) {
            straight.train(0, 0, STEPS);
            straight.train(1, 0, 1);
            NamedTensors held = straight.state();
            straight.train(1, 1, STEPS);
            resumed.train(0, 0, 2); // whatever was there before must not matter
            resumed.restore(held, STEPS + 1);
            States.assertSameBits(held, resumed.state());
            resumed.train(1, 1, STEPS);
            States.assertSameBits(straight.state(), resumed.state());
        }
    }

    /** Behind one step an epoch is in the middle of a group of two or of three; behind two, of three. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.SessionContract#rules")
    default void aStateRestoredInTheMiddleOfAGroupGoesOnWithTheSameBits(UpdateRule rule) {
        Scenario scenario = everything().with(rule);
        for (int done = 1; done < STEPS; done++) {
            try (Session straight = open(scenario);
                    Session resumed = open(scenario)) {
                straight.train(0, 0, STEPS);
                straight.train(1, 0, done);
                NamedTensors held = straight.state();
                straight.train(1, done, STEPS);
                resumed.train(0, 0, 2); // whatever was there before must not matter
                UpdateGroups groups = new UpdateGroups(resumed.program(), rule.accumulation());
                resumed.restore(held, groups.perEpoch() + groups.before(done));
                States.assertSameBits(held, resumed.state());
                Evaluation expected = evaluationOf(scenario, held);
                assertEquals(
                        expected.dataLoss(), resumed.evaluate(scenario.images()).dataLoss());
                resumed.train(1, done, STEPS);
                States.assertSameBits(straight.state(), resumed.state());
            }
        }
    }

    private Evaluation evaluationOf(Scenario scenario, NamedTensors state) {
        try (Session session = open(scenario)) {
            session.restore(state, 0);
            return session.evaluate(scenario.images());
        }
    }

    @Test
    default void gradientsOfAGroupThatIsOverAreNotLookedAt() {
        UpdateRule rule = new UpdateRule(Optimizer.Adam.DEFAULT, UpdateRule.Clipping.NONE, 2, 0);
        Scenario scenario = everything().with(rule);
        try (Session clean = open(scenario);
                Session littered = open(scenario)) {
            NamedTensors state = clean.state();
            for (String name : state.names()) {
                if (name.startsWith("optimizer/accumulated/")) {
                    state.put(name, Tensor.filled(state.get(name).shape(), 1000));
                }
            }
            littered.restore(state, 0);
            clean.train(0, 0, STEPS);
            littered.train(0, 0, STEPS);
            States.assertSameBits(States.behindUpdate(clean.state()), States.behindUpdate(littered.state()));
        }
    }

    @Test
    default void aStateIsACopy() {
        try (Session session = open(everything())) {
            NamedTensors before = session.state();
            float held = before.get("conv1/kernel").values()[0];
            session.train(0, 0, 1);
            assertEquals(held, before.get("conv1/kernel").values()[0]);
            before.get("conv1/kernel").values()[0] = 77;
            assertTrue(session.state().get("conv1/kernel").values()[0] != 77);
        }
    }

    @Test
    default void aStateWithoutOptimizerStateResetsIt() {
        Scenario scenario = everything();
        try (Session fresh = open(scenario);
                Session used = open(scenario)) {
            NamedTensors start = new NamedTensors();
            for (String name : fresh.state().names()) {
                if (!name.startsWith(StateLayout.OPTIMIZER_PREFIX)) {
                    start.put(name, fresh.state().get(name));
                }
            }
            used.train(0, 0, STEPS);
            used.restore(start, 0);
            States.assertSameBits(fresh.state(), used.state());
            fresh.train(0, 0, STEPS);
            used.train(0, 0, STEPS);
            States.assertSameBits(fresh.state(), used.state());
        }
    }

    @Test
    default void restoreNamesTheTensorThatIsMissingUnknownOrMisshapen() {
        try (Session session = open(everything())) {
            assertRefused(session, without(session.state(), "dense1/bias"), "dense1/bias");
            assertRefused(session, without(session.state(), "norm/running_mean"), "norm/running_mean");
            assertRefused(session, without(session.state(), "optimizer/m/conv1/kernel"), "optimizer/m/conv1/kernel");
            NamedTensors unknown = session.state();
            unknown.put("conv9/kernel", Tensor.zeros(TensorShape.of(1)));
            assertRefused(session, unknown, "conv9/kernel");
            NamedTensors misshapen = session.state();
            misshapen.put("dense2/kernel", Tensor.zeros(TensorShape.of(11, 4)));
            assertRefused(session, misshapen, "dense2/kernel");
        }
    }

    private static NamedTensors without(NamedTensors state, String missing) {
        NamedTensors rest = new NamedTensors();
        state.names().stream().filter(name -> !name.equals(missing)).forEach(name -> rest.put(name, state.get(name)));
        return rest;
    }

    private static void assertRefused(Session session, NamedTensors state, String named) {
        NamedTensors before = session.state();
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> session.restore(state, 0));
        assertTrue(refusal.getMessage().contains("'" + named + "'"), refusal.getMessage());
        States.assertSameBits(before, session.state());
    }

    @Test
    default void tracingAndEvaluatingChangeNothing() {
        Scenario scenario = everything();
        try (Session watched = open(scenario);
                Session alone = open(scenario)) {
            for (int step = 0; step < STEPS; step++) {
                NamedTensors before = watched.state();
                watched.trace(3, STEPS - 1);
                watched.trace(0, step);
                watched.evaluate(scenario.images());
                States.assertSameBits(before, watched.state());
                assertEquals(alone.train(0, step, step + 1), watched.train(0, step, step + 1));
            }
            States.assertSameBits(alone.state(), watched.state());
        }
    }

    @Test
    default void theRemainderIsTrainedAndCounted() {
        // From a shaken state: the bias before batch normalization starts at zero, where its gradient is all rounding.
        Scenario scenario = everything().with(Optimizer.Sgd.DEFAULT);
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            NamedTensors start = States.shaken(session.program().full());
            session.restore(start, 0);
            oracle.restore(start, 0);
            TrainingSums actual = session.train(0, STEPS - 1, STEPS);
            TrainingSums expected = oracle.train(0, STEPS - 1, STEPS);
            assertEquals(IMAGES % BATCH, actual.images());
            Evaluations.assertClose(scenario.model().loss(), expected, actual, tolerances());
            Comparison.assertClose(oracle.state(), session.state(), tolerances().training());
            assertEquals(IMAGES, session.train(1, 0, STEPS).images());
        }
    }

    @Test
    default void sumsOfAStepAreThoseOfItsTrace() {
        Scenario scenario = everything();
        try (Session session = open(scenario)) {
            int step = 1;
            Trace trace = session.trace(0, step);
            float[] logits = trace.activations().get("dense2").values(); // [4, 4]
            int[] order = new int[IMAGES];
            EpochOrder.fill(scenario.seed(), 0, order);
            double smoothing = ((Loss.SoftmaxCrossEntropy) scenario.model().loss()).labelSmoothing();
            double loss = 0;
            int correct = 0;
            for (int n = 0; n < BATCH; n++) {
                int first = 4 * n;
                int label = scenario.images().label(order[step * BATCH + n]);
                int best = IntStream.range(0, 4)
                        .reduce((a, b) -> logits[first + b] > logits[first + a] ? b : a)
                        .orElseThrow();
                correct += best == label ? 1 : 0;
                double mean = IntStream.range(0, 4)
                        .mapToDouble(k -> logits[first + k])
                        .average()
                        .orElseThrow();
                double exponentials = IntStream.range(0, 4)
                        .mapToDouble(k -> Math.exp(logits[first + k]))
                        .sum();
                loss += Math.log(exponentials) - (1 - smoothing) * logits[first + label] - smoothing * mean;
            }
            assertTrue(smoothing > 0);
            Comparison.assertClose(
                    "mean loss", loss / BATCH, trace.loss(), tolerances().loss());
            TrainingSums sums = session.train(0, step, step + 1);
            assertEquals(BATCH, sums.images());
            assertEquals(correct, sums.first());
            Comparison.assertClose(
                    "data loss",
                    trace.loss() * BATCH,
                    sums.dataLoss(),
                    tolerances().loss());
            Comparison.assertClose(
                    "penalty",
                    trace.penalty() * BATCH,
                    sums.penalty(),
                    tolerances().loss());
        }
    }

    @Test
    default void lossesOfTrainingAndEvaluationAgreeWhereNothingSetsThemApart() {
        Scenario scenario = Scenario.of(Networks.smooth(Penalty.NONE), BATCH, BATCH);
        try (Session session = open(scenario)) {
            double evaluated = session.evaluate(scenario.images()).dataLoss();
            Comparison.assertClose(
                    "loss", evaluated, session.trace(0, 0).loss(), tolerances().loss());
        }
    }

    @Test
    default void fewerImagesThanABatchAreOneStep() {
        Scenario scenario = Scenario.of(Networks.smooth(Penalty.NONE), 32, 5);
        try (Session session = open(scenario)) {
            assertEquals(1, session.program().stepsPerEpoch());
            assertEquals(5, session.train(0, 0, 1).images());
        }
    }

    static Stream<Arguments> variances() {
        return Arrays.stream(BatchNormalization.Variance.values())
                .flatMap(variance -> Stream.of(Arguments.of(variance, false), Arguments.of(variance, true)));
    }

    @ParameterizedTest(name = "{0}, of features: {1}")
    @MethodSource("dev.convoke.backend.SessionContract#variances")
    default void runningStatisticsMoveByTheVarianceThatIsNamed(BatchNormalization.Variance variance, boolean features) {
        double momentum = 0.9;
        Layer norm = new BatchNormalization("norm", momentum, 1e-3, true, true, variance, ParameterRule.NORMAL);
        ModelSpec model = features
                ? Networks.of(
                        "running",
                        new ImageShape(1, 5, 3),
                        2,
                        new Flatten("flatten"),
                        Networks.dense("front", 3),
                        norm,
                        Networks.dense("dense", 2))
                : Networks.of(
                        "running",
                        new ImageShape(1, 5, 3),
                        2,
                        Networks.convolution("front", 3, 3, 1, Padding.SAME),
                        norm,
                        new Flatten("flatten"),
                        Networks.dense("dense", 2));
        boolean unbiased = switch (variance) {
            case TENSORFLOW -> !features; // its fused kernel serves maps alone
            case BIASED -> false;
            case UNBIASED -> true;
        };
        int pixels = features ? 1 : 15;
        Scenario scenario = Scenario.of(model, BATCH, BATCH);
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            float[] x = oracle.trace(0, 0).activations().get("front").values(); // [4, 3, pixels]
            session.train(0, 0, 1);
            NamedTensors state = session.state();
            for (int channel = 0; channel < 3; channel++) {
                int c = channel;
                double[] values = IntStream.range(0, x.length)
                        .filter(i -> i / pixels % 3 == c)
                        .mapToDouble(i -> x[i])
                        .toArray();
                double mean = Arrays.stream(values).average().orElseThrow();
                double squares =
                        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
                double moved = squares / (unbiased ? values.length - 1 : values.length);
                Comparison.assertClose(
                        "running mean",
                        (1 - momentum) * mean,
                        state.get("norm/running_mean").values()[c],
                        tolerances().training());
                Comparison.assertClose(
                        "running variance",
                        momentum + (1 - momentum) * moved,
                        state.get("norm/running_variance").values()[c],
                        tolerances().training());
            }
        }
    }

    /** Every kind of batch normalization through a remainder and accumulated batches, each of which moves the statistics. */
    @Test
    default void runningStatisticsMoveWithEveryBatchOfAGroup() {
        ModelSpec model = Zoo.vgg(new ImageShape(1, 9, 7), true, 4);
        UpdateRule rule = new UpdateRule(Optimizer.Sgd.DEFAULT, UpdateRule.Clipping.NONE, 3, 0);
        Scenario scenario = Scenario.of(model, BATCH, IMAGES);
        try (Session grouped = open(scenario.with(rule));
                Session oracle = oracle(scenario.with(rule))) {
            NamedTensors start = States.shaken(grouped.program().full());
            grouped.restore(start, 0);
            oracle.restore(start, 0);
            float before = start.get("conv1_1_norm/running_mean").values()[0];
            for (int step = 0; step < STEPS; step++) {
                grouped.train(0, step, step + 1);
                oracle.train(0, step, step + 1);
                for (Segment segment : grouped.program().full().statistics().segments()) {
                    Tensor expected = oracle.state().get(segment.name());
                    Tensor actual = grouped.state().get(segment.name());
                    double scale = Comparison.largest(expected);
                    Comparison.assertClose(
                            segment.name(),
                            expected,
                            actual,
                            scale,
                            tolerances().training());
                }
                float now = grouped.state().get("conv1_1_norm/running_mean").values()[0];
                assertTrue(now != before, "step " + step + " moved nothing");
                before = now;
            }
        }
    }

    @Test
    default void aPartialEvaluationBatchIsNoLessThanAFullOne() {
        ModelSpec model = Networks.everything();
        Scenario scenario =
                Scenario.of(model, BATCH, Program.EVALUATION_BATCH + 7).withUsualEvaluationBatch();
        ImageSet images = scenario.images();
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            NamedTensors start = States.shaken(session.program().full());
            session.restore(start, 0);
            oracle.restore(start, 0);
            Evaluations.assertClose(model.loss(), oracle.evaluate(images), session.evaluate(images), tolerances());
            ImageSet tail = images.select(
                    IntStream.range(Program.EVALUATION_BATCH, images.count()).toArray());
            Evaluation last = session.evaluate(tail);
            assertEquals(7, last.count());
            Evaluations.assertClose(model.loss(), oracle.evaluate(tail), last, tolerances());
            Evaluation all = session.evaluate(images);
            int[] ofAll = all.predictions();
            assertArrayEquals(Arrays.copyOfRange(ofAll, Program.EVALUATION_BATCH, images.count()), last.predictions());
            assertEquals(
                    IntStream.range(0, images.count())
                            .filter(i -> ofAll[i] == images.label(i))
                            .count(),
                    all.correct());
        }
    }

    static Stream<Loss> losses() {
        return Stream.of(
                Loss.SoftmaxCrossEntropy.of(5, 0.1),
                new Loss.SigmoidCrossEntropy(3),
                new Loss.MeanSquaredError(2),
                new Loss.Huber(4, 0.5));
    }

    /** Over a whole evaluation batch and a part of one, and for a range in the middle. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.SessionContract#losses")
    default void outputsAreTheAnswersOfEveryClass(Loss loss) {
        int outputs = loss.outputs();
        ModelSpec model = Networks.graph(
                "outputs",
                new ImageShape(1, 8, 7),
                loss,
                Node.of(new Flatten("flatten")),
                Node.of(Networks.dense("logits", outputs)));
        Scenario scenario =
                Scenario.of(model, BATCH, Program.EVALUATION_BATCH + 7).withUsualEvaluationBatch();
        ImageSet images = scenario.images();
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            NamedTensors start = States.shaken(session.program().full());
            session.restore(start, 0);
            oracle.restore(start, 0);
            float[] found = session.outputs(images, 0, images.count());
            Tensor expected =
                    new Tensor(TensorShape.of(images.count() * outputs), oracle.outputs(images, 0, images.count()));
            Comparison.assertClose(
                    "outputs",
                    expected,
                    new Tensor(expected.shape(), found),
                    Math.max(1, Comparison.largest(expected)),
                    tolerances().activations());
            Evaluation evaluation = session.evaluate(images);
            for (int n = 0; n < images.count(); n++) {
                Comparison.assertClose(
                        "image " + n,
                        evaluation.confidence()[n],
                        found[n * outputs + evaluation.predictions()[n]],
                        tolerances().activations());
            }
            float[] middle = session.outputs(images, 3, 5);
            for (int i = 0; i < middle.length; i++) {
                Comparison.assertClose(
                        "output " + i,
                        found[3 * outputs + i],
                        middle[i],
                        tolerances().activations());
            }
            assertEquals(2 * outputs, middle.length);
        }
    }

    @Test
    default void anImagesAnswerHangsOnNothingBesideIt() {
        Scenario scenario = Scenario.of(Networks.everything(), BATCH, 12);
        try (Session session = open(scenario)) {
            session.restore(States.shaken(session.program().full()), 0);
            float[] among = session.evaluate(scenario.images()).confidence();
            int[] others = {9, 4, 5}; // other neighbors, another place
            float[] alone = session.evaluate(scenario.images().select(others)).confidence();
            for (int i = 0; i < others.length; i++) {
                Comparison.assertClose(
                        "image " + others[i],
                        among[others[i]],
                        alone[i],
                        tolerances().activations());
            }
        }
    }

    @Test
    default void trainingLearnsToTellStripesApart() {
        ImageShape shape = new ImageShape(1, 8, 7);
        ModelSpec model = Networks.smooth(Penalty.NONE);
        Scenario scenario = Scenario.of(model, 8, 48)
                .with(Pictures.stripes(shape, model.outputs(), 48))
                .with(Optimizer.Adam.DEFAULT)
                .with(new Schedule.Constant(0.02))
                .withSeed(1);
        try (Session session = open(scenario)) {
            double before = session.evaluate(scenario.images()).dataLoss();
            for (int epoch = 0; epoch < 4; epoch++) {
                session.train(epoch, 0, session.program().stepsPerEpoch());
            }
            Evaluation after = session.evaluate(scenario.images());
            assertTrue(after.dataLoss() < before / 4, "loss went from " + before + " to " + after.dataLoss());
            assertEquals(48, after.correct());
        }
    }

    @Test
    default void aRegressionLearnsWhatAPictureShows() {
        ModelSpec model = Networks.graph(
                "regression",
                new ImageShape(1, 8, 7),
                new Loss.Huber(2, 0.5),
                Node.of(new Flatten("flatten")),
                Node.of(Networks.dense("dense1", 12)),
                Node.of(new Activation("dense1_tanh", ActivationFunction.TANH)),
                Node.of(Networks.dense("dense2", 2)));
        ImageSet stripes = Pictures.stripes(model.input(), 3, 48);
        float[] numbers = new float[2 * stripes.count()];
        for (int i = 0; i < stripes.count(); i++) {
            numbers[2 * i] = stripes.label(i) - 1;
            numbers[2 * i + 1] = 2 - stripes.label(i);
        }
        ImageSet images = new ImageSet(8, 7, 1, stripes.pixels(), new Targets.Values(2, numbers));
        Scenario scenario = Scenario.of(model, 8, 48)
                .with(images)
                .with(Optimizer.Adam.DEFAULT)
                .with(new Schedule.Constant(0.02));
        try (Session session = open(scenario)) {
            Evaluation before = session.evaluate(images);
            for (int epoch = 0; epoch < 6; epoch++) {
                session.train(epoch, 0, session.program().stepsPerEpoch());
            }
            Evaluation after = session.evaluate(images);
            assertTrue(after.first() < before.first() / 4, before.first() + " to " + after.first());
            assertTrue(after.second() < before.second() / 16, before.second() + " to " + after.second());
        }
    }

    @Test
    default void targetsThatDoNotFitTheLossAreRefused() {
        ModelSpec classes = Networks.smooth(Penalty.NONE);
        ModelSpec numbers = new ModelSpec("numbers", classes.input(), classes.nodes(), new Loss.MeanSquaredError(3));
        ImageSet three = Pictures.forModel(numbers, 4);
        ImageSet labels = Pictures.random(classes.input(), 3, 4);
        ImageSet four = Pictures.forModel(
                Networks.graph(
                        "four",
                        classes.input(),
                        new Loss.MeanSquaredError(4),
                        Node.of(new Flatten("flatten")),
                        Node.of(Networks.dense("dense", 4))),
                4);
        try (Session session = open(Scenario.of(classes, BATCH, 4))) {
            assertThrows(IllegalArgumentException.class, () -> session.evaluate(three));
            assertEquals(4, session.evaluate(labels).count());
        }
        try (Session session = open(Scenario.of(numbers, BATCH, 4))) {
            assertThrows(IllegalArgumentException.class, () -> session.evaluate(four));
            assertEquals(4, session.evaluate(three).count());
            assertEquals(4, session.evaluate(labels).count());
        }
    }

    @Test
    default void imagesAndStepsThatDoNotFitAreRefused() {
        Scenario scenario = everything();
        Plan plan = scenario.program(execution()).full();
        ImageSet wide = Pictures.random(new ImageShape(1, 9, 8), 4, 3);
        ImageSet labels = Pictures.random(plan.model().input(), 200, 30);
        try (Session session = open(scenario)) {
            assertThrows(IllegalArgumentException.class, () -> session.evaluate(wide));
            assertThrows(IllegalArgumentException.class, () -> session.evaluate(labels));
            assertThrows(IllegalArgumentException.class, () -> session.train(0, 0, STEPS + 1));
            assertThrows(IllegalArgumentException.class, () -> session.train(0, 2, 1));
            assertThrows(IllegalArgumentException.class, () -> session.train(-1, 0, 1));
            assertThrows(IllegalArgumentException.class, () -> session.trace(0, STEPS));
        }
    }
}
