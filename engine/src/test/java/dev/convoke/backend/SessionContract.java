package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ImageShape;
import dev.convoke.model.LayerSpec;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.OptimizerSpec;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import dev.convoke.model.Schedule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.pipeline.EpochOrder;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Program;
import dev.convoke.plan.Tensor;
import dev.convoke.plan.TensorShape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a session promises beyond its arithmetic: ranges, states, remainders, trials, refusals. */
interface SessionContract extends BackendSubject {
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
                .with(OptimizerSpec.Adam.DEFAULT)
                .with(new Schedule.WarmUp(2, new Schedule.Cosine(0.01, 0)));
    }

    static Stream<OptimizerSpec> optimizers() {
        return OptimizerContract.optimizers().stream();
    }

    @Test
    default void rangesGiveTheBitsOfTheWhole() {
        try (Session whole = open(everything());
                Session parts = open(everything())) {
            TrainingSums expected = whole.train(0, 0, STEPS)
                    .get(0)
                    .plus(whole.train(1, 0, STEPS).get(0));
            TrainingSums actual = TrainingSums.NONE;
            for (int epoch = 0; epoch < 2; epoch++) {
                actual = actual.plus(parts.train(epoch, 0, 1).get(0));
                actual = actual.plus(parts.train(epoch, 1, 1).get(0));
                actual = actual.plus(parts.train(epoch, 1, STEPS).get(0));
            }
            States.assertSameBits(whole.state(0), parts.state(0));
            assertEquals(expected.images(), actual.images());
            assertEquals(expected.correct(), actual.correct());
            Comparison.assertClose(
                    "data loss",
                    expected.dataLoss(),
                    actual.dataLoss(),
                    tolerances().loss());
            Comparison.assertClose(
                    "penalty",
                    expected.penalty(),
                    actual.penalty(),
                    tolerances().loss());
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
            States.assertSameBits(plain.state(0), profiled.state(0));
            assertWhole(plain.program().full(), profile, 2);
            assertThrows(IllegalArgumentException.class, () -> profiled.profile(0, 1, STEPS), "the remainder");
        }
    }

    /** Every op is part of the profile forward and backward, and parts follow each other inside their step. */
    private static void assertWhole(Plan plan, StepProfile profile, int steps) {
        List<String> ops = plan.ops().stream()
                .filter(op -> !(op instanceof Op.Flatten))
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
    default void aRestoredStateGoesOnWithTheSameBits(OptimizerSpec optimizer) {
        Scenario scenario = everything().with(optimizer);
        try (Session straight = open(scenario);
                Session resumed = open(scenario)) {
            straight.train(0, 0, STEPS);
            straight.train(1, 0, 1);
            NamedTensors held = straight.state(0);
            straight.train(1, 1, STEPS);
            resumed.train(0, 0, 2); // whatever was there before must not matter
            resumed.restore(0, held, STEPS + 1);
            States.assertSameBits(held, resumed.state(0));
            resumed.train(1, 1, STEPS);
            States.assertSameBits(straight.state(0), resumed.state(0));
        }
    }

    @Test
    default void aStateIsACopy() {
        try (Session session = open(everything())) {
            NamedTensors before = session.state(0);
            float held = before.get("conv1/kernel").values()[0];
            session.train(0, 0, 1);
            assertEquals(held, before.get("conv1/kernel").values()[0]);
            before.get("conv1/kernel").values()[0] = 77;
            assertTrue(session.state(0).get("conv1/kernel").values()[0] != 77);
        }
    }

    @Test
    default void aStateWithoutOptimizerStateResetsIt() {
        Scenario scenario = everything();
        try (Session fresh = open(scenario);
                Session used = open(scenario)) {
            NamedTensors start = new NamedTensors();
            for (String name : fresh.state(0).names()) {
                if (!name.startsWith(StateLayout.OPTIMIZER_PREFIX)) {
                    start.put(name, fresh.state(0).get(name));
                }
            }
            used.train(0, 0, STEPS);
            used.restore(0, start, 0);
            States.assertSameBits(fresh.state(0), used.state(0));
            fresh.train(0, 0, STEPS);
            used.train(0, 0, STEPS);
            States.assertSameBits(fresh.state(0), used.state(0));
        }
    }

    @Test
    default void restoreNamesTheTensorThatIsMissingUnknownOrMisshapen() {
        try (Session session = open(everything())) {
            assertRefused(session, without(session.state(0), "dense1/bias"), "dense1/bias");
            assertRefused(session, without(session.state(0), "norm/running_mean"), "norm/running_mean");
            assertRefused(session, without(session.state(0), "optimizer/m/conv1/kernel"), "optimizer/m/conv1/kernel");
            NamedTensors unknown = session.state(0);
            unknown.put("conv9/kernel", Tensor.zeros(TensorShape.of(1)));
            assertRefused(session, unknown, "conv9/kernel");
            NamedTensors misshapen = session.state(0);
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
        NamedTensors before = session.state(0);
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> session.restore(0, state, 0));
        assertTrue(refusal.getMessage().contains("'" + named + "'"), refusal.getMessage());
        States.assertSameBits(before, session.state(0));
    }

    @Test
    default void tracingAndEvaluatingChangeNothing() {
        Scenario scenario = everything();
        try (Session watched = open(scenario);
                Session alone = open(scenario)) {
            for (int step = 0; step < STEPS; step++) {
                NamedTensors before = watched.state(0);
                watched.trace(0, 3, STEPS - 1);
                watched.trace(0, 0, step);
                watched.evaluate(0, scenario.images());
                States.assertSameBits(before, watched.state(0));
                assertEquals(alone.train(0, step, step + 1), watched.train(0, step, step + 1));
            }
            States.assertSameBits(alone.state(0), watched.state(0));
        }
    }

    @Test
    default void theRemainderIsTrainedAndCounted() {
        // From a shaken state: the bias before batch normalization starts at zero, where its gradient is all rounding.
        Scenario scenario = everything().with(OptimizerSpec.Sgd.DEFAULT);
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            NamedTensors start = States.shaken(session.program().full());
            session.restore(0, start, 0);
            oracle.restore(0, start, 0);
            TrainingSums actual = session.train(0, STEPS - 1, STEPS).get(0);
            TrainingSums expected = oracle.train(0, STEPS - 1, STEPS).get(0);
            assertEquals(IMAGES % BATCH, actual.images());
            Comparison.assertClose(
                    expected.correct(),
                    actual.correct(),
                    expected.images(),
                    tolerances().answers());
            Comparison.assertClose(
                    "data loss",
                    expected.dataLoss(),
                    actual.dataLoss(),
                    tolerances().loss());
            Comparison.assertClose(
                    "penalty",
                    expected.penalty(),
                    actual.penalty(),
                    tolerances().loss());
            Comparison.assertClose(
                    oracle.state(0), session.state(0), tolerances().training());
            assertEquals(IMAGES, session.train(1, 0, STEPS).get(0).images());
        }
    }

    @Test
    default void sumsOfAStepAreThoseOfItsTrace() {
        Scenario scenario = everything();
        try (Session session = open(scenario)) {
            int step = 1;
            Trace trace = session.trace(0, 0, step);
            float[] logits = trace.activations().get("dense2").values(); // [4, 4]
            int[] order = new int[IMAGES];
            EpochOrder.fill(scenario.seed(), 0, order);
            double smoothing = scenario.model().labelSmoothing();
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
            TrainingSums sums = session.train(0, step, step + 1).get(0);
            assertEquals(BATCH, sums.images());
            assertEquals(correct, sums.correct());
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
            double evaluated = session.evaluate(0, scenario.images()).dataLoss();
            Comparison.assertClose(
                    "loss",
                    evaluated,
                    session.trace(0, 0, 0).loss(),
                    tolerances().loss());
        }
    }

    @Test
    default void fewerImagesThanABatchAreOneStep() {
        Scenario scenario = Scenario.of(Networks.smooth(Penalty.NONE), 32, 5);
        try (Session session = open(scenario)) {
            assertEquals(1, session.program().stepsPerEpoch());
            assertEquals(5, session.train(0, 0, 1).get(0).images());
        }
    }

    @Test
    default void runningStatisticsMoveByTheUnbiasedVariance() {
        double momentum = 0.9;
        ModelSpec model = Networks.of(
                "running",
                new ImageShape(1, 5, 3),
                2,
                Networks.convolution("conv", 3, 3, 1, Padding.SAME),
                new LayerSpec.BatchNormalization("norm", momentum, 1e-3),
                new LayerSpec.Flatten("flatten"),
                Networks.dense("dense", 2));
        Scenario scenario = Scenario.of(model, BATCH, BATCH);
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            float[] x = oracle.trace(0, 0, 0).activations().get("conv").values(); // [4, 3, 5, 3]
            session.train(0, 0, 1);
            NamedTensors state = session.state(0);
            for (int channel = 0; channel < 3; channel++) {
                int c = channel;
                double[] values = IntStream.range(0, x.length)
                        .filter(i -> i / 15 % 3 == c)
                        .mapToDouble(i -> x[i])
                        .toArray();
                double mean = Arrays.stream(values).average().orElseThrow();
                double squares =
                        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
                double variance = squares / (values.length - 1);
                Comparison.assertClose(
                        "running mean",
                        (1 - momentum) * mean,
                        state.get("norm/running_mean").values()[c],
                        tolerances().training());
                Comparison.assertClose(
                        "running variance",
                        momentum + (1 - momentum) * variance,
                        state.get("norm/running_variance").values()[c],
                        tolerances().training());
            }
        }
    }

    @Test
    default void aPartialEvaluationBatchIsNoLessThanAFullOne() {
        ModelSpec model = Networks.everything();
        Scenario scenario = Scenario.of(model, BATCH, Program.EVALUATION_BATCH + 7);
        ImageSet images = scenario.images();
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            NamedTensors start = States.shaken(session.program().full());
            session.restore(0, start, 0);
            oracle.restore(0, start, 0);
            Evaluations.assertClose(oracle.evaluate(0, images), session.evaluate(0, images), tolerances());
            ImageSet tail = images.select(
                    IntStream.range(Program.EVALUATION_BATCH, images.count()).toArray());
            Evaluation last = session.evaluate(0, tail);
            assertEquals(7, last.count());
            Evaluations.assertClose(oracle.evaluate(0, tail), last, tolerances());
            Evaluation all = session.evaluate(0, images);
            byte[] ofAll = all.predictions();
            assertArrayEquals(Arrays.copyOfRange(ofAll, Program.EVALUATION_BATCH, images.count()), last.predictions());
            assertEquals(
                    IntStream.range(0, images.count())
                            .filter(i -> (ofAll[i] & 0xff) == images.label(i))
                            .count(),
                    all.correct());
        }
    }

    @Test
    default void anImagesAnswerHangsOnNothingBesideIt() {
        Scenario scenario = Scenario.of(Networks.everything(), BATCH, 12);
        try (Session session = open(scenario)) {
            session.restore(0, States.shaken(session.program().full()), 0);
            float[] among = session.evaluate(0, scenario.images()).confidence();
            int[] others = {9, 4, 5}; // other neighbours, another place
            float[] alone =
                    session.evaluate(0, scenario.images().select(others)).confidence();
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
        Scenario scenario = new Scenario(
                model,
                8,
                Pictures.stripes(shape, model.classes(), 48),
                Augmentation.NONE,
                OptimizerSpec.Adam.DEFAULT,
                new Schedule.Constant(0.02),
                1);
        try (Session session = open(scenario)) {
            double before = session.evaluate(0, scenario.images()).dataLoss();
            for (int epoch = 0; epoch < 4; epoch++) {
                session.train(epoch, 0, session.program().stepsPerEpoch());
            }
            Evaluation after = session.evaluate(0, scenario.images());
            assertTrue(after.dataLoss() < before / 4, "loss went from " + before + " to " + after.dataLoss());
            assertEquals(48, after.correct());
        }
    }

    @Test
    default void trialsOfOneSessionAreWhatEachIsAlone() {
        Assumptions.assumeTrue(backend().maxTrials() > 1, backend().name() + " takes one trial a session");
        Scenario first = everything();
        Scenario second = everything().with(new OptimizerSpec.Sgd(0.9, true)).withSeed(5);
        Program program = first.program(execution());
        SessionRequest both = new SessionRequest(
                program,
                first.images(),
                first.augmentation(),
                List.of(first.trial(program), second.trial(program)),
                execution());
        try (Session together = backend().open(both);
                Session one = open(first);
                Session two = open(second)) {
            List<TrainingSums> sums = together.train(0, 0, STEPS);
            assertEquals(
                    List.of(
                            one.train(0, 0, STEPS).get(0),
                            two.train(0, 0, STEPS).get(0)),
                    sums);
            States.assertSameBits(one.state(0), together.state(0));
            States.assertSameBits(two.state(0), together.state(1));
        }
    }

    @Test
    default void moreTrialsThanTheBackendTakesAreRefused() {
        Assumptions.assumeTrue(backend().maxTrials() < 100, backend().name() + " takes any number of trials");
        Scenario scenario = everything();
        Program program = scenario.program(execution());
        TrialSpec trial = scenario.trial(program);
        List<TrialSpec> trials =
                Stream.generate(() -> trial).limit(backend().maxTrials() + 1).toList();
        SessionRequest request =
                new SessionRequest(program, scenario.images(), scenario.augmentation(), trials, execution());
        open(scenario).close(); // skips where the backend cannot run
        assertThrows(DeviceException.class, () -> backend().open(request));
    }

    @Test
    default void aTrialWithAnotherNetworkIsRefused() {
        Scenario scenario = everything();
        Program program = scenario.program(execution());
        TrialSpec other = scenario.with(Networks.smooth(Penalty.NONE)).trial(program);
        SessionRequest request =
                new SessionRequest(program, scenario.images(), scenario.augmentation(), List.of(other), execution());
        open(scenario).close(); // skips where the backend cannot run
        assertThrows(IllegalArgumentException.class, () -> backend().open(request));
    }

    @Test
    default void aTrialsOwnRatesAndPenaltiesCount() {
        Scenario scenario = everything();
        ModelSpec own = withoutDropoutAndPenalties(scenario.model());
        Program program = scenario.program(execution());
        TrialSpec trial = scenario.with(own).trial(program);
        SessionRequest request =
                new SessionRequest(program, scenario.images(), scenario.augmentation(), List.of(trial), execution());
        try (Session compiledForAnother = openRequest(request);
                Session alone = open(scenario.with(own))) {
            assertEquals(alone.train(0, 0, STEPS), compiledForAnother.train(0, 0, STEPS));
            States.assertSameBits(alone.state(0), compiledForAnother.state(0));
            assertEquals(0, compiledForAnother.trace(0, 0, 0).penalty());
        }
    }

    private Session openRequest(SessionRequest request) {
        open(everything()).close(); // skips where the backend cannot run
        return backend().open(request);
    }

    private static ModelSpec withoutDropoutAndPenalties(ModelSpec model) {
        List<LayerSpec> layers = model.layers().stream()
                .map(layer -> {
                    if (layer instanceof LayerSpec.Dropout dropout) {
                        return new LayerSpec.Dropout(dropout.name(), 0);
                    }
                    if (layer instanceof LayerSpec.Convolution c) {
                        return Networks.convolution(c.name(), c.filters(), c.kernel(), c.stride(), c.padding());
                    }
                    return layer instanceof LayerSpec.Dense dense ? Networks.dense(dense.name(), dense.units()) : layer;
                })
                .toList();
        return new ModelSpec(model.name(), model.input(), model.classes(), layers, 0);
    }

    @Test
    default void imagesAndStepsThatDoNotFitAreRefused() {
        Scenario scenario = everything();
        Plan plan = scenario.program(execution()).full();
        ImageSet wide = Pictures.random(new ImageShape(1, 9, 8), 4, 3);
        ImageSet labels = Pictures.random(plan.model().input(), 200, 30);
        try (Session session = open(scenario)) {
            assertThrows(IllegalArgumentException.class, () -> session.evaluate(0, wide));
            assertThrows(IllegalArgumentException.class, () -> session.evaluate(0, labels));
            assertThrows(IllegalArgumentException.class, () -> session.train(0, 0, STEPS + 1));
            assertThrows(IllegalArgumentException.class, () -> session.train(0, 2, 1));
            assertThrows(IllegalArgumentException.class, () -> session.train(-1, 0, 1));
            assertThrows(IllegalArgumentException.class, () -> session.trace(0, 0, STEPS));
        }
    }
}
