package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.model.Layer;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Penalty;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Slot;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimizers, penalties and schedules: against the oracle, and against steps worked out here from the gradient alone. */
interface OptimizerContract extends BackendUnderTest {
    int BATCH = 4;

    /** Two full batches and a remainder an epoch. */
    int IMAGES = 10;

    /** Four full batches and a remainder: a group of two or of three leaves some over. */
    int MORE_IMAGES = 18;

    static Stream<Arguments> updateRules() {
        List<Penalty> penalties =
                List.of(Penalty.NONE, new Penalty(0.01, 0), new Penalty(0, 0.02), new Penalty(0.005, 0.01));
        List<Schedule> schedules = List.of(
                new Schedule.Constant(0.02),
                new Schedule.Step(0.02, 1, 0.5),
                new Schedule.Exponential(0.02, 0.7),
                new Schedule.Cosine(0.02, 0.001),
                new Schedule.OneCycle(0.03, 0.3, 25, 1000),
                new Schedule.WarmUp(4, new Schedule.Constant(0.02)));
        List<Arguments> cases = new ArrayList<>();
        for (Optimizer optimizer : optimizers()) {
            for (Penalty penalty : penalties) {
                cases.add(Arguments.of(optimizer, penalty, schedules.get(cases.size() % schedules.size())));
            }
        }
        return cases.stream();
    }

    static List<Optimizer> optimizers() {
        return List.of(
                Optimizer.Sgd.DEFAULT,
                new Optimizer.Sgd(0.9, false),
                new Optimizer.Sgd(0.9, true),
                Optimizer.RmsProp.DEFAULT,
                new Optimizer.RmsProp(0.95, 0.8, 1e-4),
                new Optimizer.RmsProp(0.9, 0, 1e-3, Optimizer.RmsProp.Version.KERAS),
                new Optimizer.RmsProp(0.9, 0.5, 1e-4, Optimizer.RmsProp.Version.KERAS),
                Optimizer.Adam.DEFAULT,
                new Optimizer.Adam(0.8, 0.95, 1e-3),
                Optimizer.AdamW.DEFAULT,
                new Optimizer.AdamW(0.9, 0.99, 1e-5, 0.1),
                new Optimizer.AdamW(0.9, 0.99, 1e-5, 0.1, Optimizer.AdamW.Decays.ALL));
    }

    /** Rules that do more than to hand a gradient to the optimizer. */
    static List<UpdateRule> rules() {
        Optimizer momentum = new Optimizer.Sgd(0.9, false);
        Optimizer adam = new Optimizer.Adam(0.8, 0.95, 1e-3);
        Optimizer decaying = new Optimizer.AdamW(0.9, 0.99, 1e-3, 0.1, Optimizer.AdamW.Decays.ALL);
        UpdateRule.Clipping none = UpdateRule.Clipping.NONE;
        return List.of(
                new UpdateRule(momentum, CLIP_VALUE, 1, 0),
                new UpdateRule(adam, CLIP_VALUE, 1, 0),
                new UpdateRule(momentum, CLIP_NORM, 1, 0),
                new UpdateRule(adam, CLIP_NORM, 1, 0),
                new UpdateRule(momentum, LOOSE_NORM, 1, 0),
                new UpdateRule(Optimizer.Sgd.DEFAULT, none, 2, 0),
                new UpdateRule(adam, none, 2, 0),
                new UpdateRule(momentum, none, 3, 0),
                new UpdateRule(decaying, none, 3, 0),
                new UpdateRule(Optimizer.Sgd.DEFAULT, none, 1, 0.9),
                new UpdateRule(decaying, none, 1, 0.9),
                new UpdateRule(new Optimizer.RmsProp(0.9, 0.5, 1e-3), CLIP_VALUE, 2, 0.9),
                new UpdateRule(decaying, CLIP_NORM, 3, 0.9));
    }

    /** Cuts most gradients of the networks here. */
    UpdateRule.Clipping CLIP_VALUE = new UpdateRule.Clipping(0.01, 0);

    /** Well below the norm of the gradients of the networks here. */
    UpdateRule.Clipping CLIP_NORM = new UpdateRule.Clipping(0, 0.1);

    /** Above any norm of theirs. */
    UpdateRule.Clipping LOOSE_NORM = new UpdateRule.Clipping(0, 1000);

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("dev.convoke.backend.OptimizerContract#updateRules")
    default void twoEpochsAgreeWithTheOracle(Optimizer optimizer, Penalty penalty, Schedule schedule) {
        assertTwoEpochsAgree(Scenario.of(Networks.smooth(penalty), BATCH, IMAGES)
                .with(optimizer)
                .with(schedule));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OptimizerContract#rules")
    default void twoEpochsOfARuleAgreeWithTheOracle(UpdateRule rule) {
        Schedule schedule = new Schedule.Exponential(0.02, 0.7);
        for (Penalty penalty : List.of(Penalty.NONE, new Penalty(0.005, 0.01))) {
            assertTwoEpochsAgree(Scenario.of(Networks.smooth(penalty), BATCH, MORE_IMAGES)
                    .with(rule)
                    .with(schedule));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OptimizerContract#optimizers")
    default void twoEpochsOfLayersWithRulesOfTheirOwnAgreeWithTheOracle(Optimizer optimizer) {
        assertTwoEpochsAgree(Scenario.of(Networks.ruled(new Penalty(0.005, 0.01)), BATCH, IMAGES)
                .with(optimizer)
                .with(new Schedule.Constant(0.01)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OptimizerContract#rules")
    default void twoEpochsOfLayersAndUpdatesWithRulesAgreeWithTheOracle(UpdateRule rule) {
        assertTwoEpochsAgree(Scenario.of(Networks.ruled(new Penalty(0.005, 0.01)), BATCH, MORE_IMAGES)
                .with(rule)
                .with(new Schedule.Constant(0.01)));
    }

    private void assertTwoEpochsAgree(Scenario scenario) {
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            int steps = session.program().stepsPerEpoch();
            for (int epoch = 0; epoch < 2; epoch++) {
                TrainingSums expected = oracle.train(epoch, 0, steps);
                TrainingSums actual = session.train(epoch, 0, steps);
                Evaluations.assertClose(scenario.model().loss(), expected, actual, tolerances());
            }
            Comparison.assertClose(
                    States.behindUpdate(oracle.state()),
                    States.behindUpdate(session.state()),
                    tolerances().training());
            Evaluations.assertClose(
                    scenario.model().loss(),
                    oracle.evaluate(scenario.images()),
                    session.evaluate(scenario.images()),
                    tolerances());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OptimizerContract#optimizers")
    default void everyWeightMovesAsItsFormulaSays(Optimizer optimizer) {
        Scenario scenario = Scenario.of(Networks.smooth(new Penalty(0.003, 0.02)), BATCH, IMAGES);
        assertMovesByHand(scenario.with(optimizer));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OptimizerContract#rules")
    default void everyWeightMovesAsTheRuleSays(UpdateRule rule) {
        Scenario scenario = Scenario.of(Networks.smooth(new Penalty(0.003, 0.02)), BATCH, MORE_IMAGES);
        assertMovesByHand(scenario.with(rule));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OptimizerContract#optimizers")
    default void everyWeightMovesAsItsLayersRuleSays(Optimizer optimizer) {
        Scenario scenario = Scenario.of(Networks.ruled(new Penalty(0.003, 0.02)), BATCH, IMAGES);
        assertMovesByHand(scenario.with(optimizer));
        assertMovesByHand(scenario.with(new UpdateRule(optimizer, CLIP_NORM, 2, 0.9)));
    }

    /** Trains an epoch step by step; groups of batches are those that the rule says. */
    private void assertMovesByHand(Scenario scenario) {
        double rate = 0.01;
        UpdateRule rule = scenario.rule();
        try (Session session = open(scenario.with(new Schedule.Constant(rate)))) {
            HandTraining hand = new HandTraining(session, rule);
            int steps = session.program().stepsPerEpoch();
            for (int step = 0; step < steps; step++) {
                int images = session.program().at(step).batch();
                hand.take(session.trace(0, step).parameterGradients(), images);
                session.train(0, step, step + 1);
                if ((step + 1) % rule.accumulation() == 0 || step == steps - 1) {
                    hand.update(rate);
                }
                assertParameters("", hand.parameters(), session.state());
            }
            if (rule.averages()) {
                assertParameters("optimizer/average/", hand.averages(), session.state());
            }
        }
    }

    private void assertParameters(String prefix, NamedTensors expected, NamedTensors state) {
        for (String name : expected.names()) {
            Tensor wanted = expected.get(name);
            double scale = Comparison.largest(wanted);
            Tensor actual = state.get(prefix + name);
            Comparison.assertClose(
                    prefix + name, wanted, actual, scale, tolerances().training());
        }
    }

    @Test
    default void aNormThatIsNotReachedChangesNothing() {
        UpdateRule loose = new UpdateRule(new Optimizer.Sgd(0.9, false), LOOSE_NORM, 1, 0);
        Scenario scenario = Scenario.of(Networks.smooth(new Penalty(0.003, 0.02)), BATCH, IMAGES);
        try (Session clipped = open(scenario.with(loose));
                Session free = open(scenario.with(loose.optimizer()))) {
            clipped.train(0, 0, 3);
            free.train(0, 0, 3);
            Comparison.assertClose(free.state(), clipped.state(), tolerances().training());
        }
    }

    @Test
    default void aNormThatIsExceededIsWhatTheUpdateHas() {
        ModelSpec model = Networks.ruled(new Penalty(0.003, 0.02));
        Scenario scenario = Scenario.of(model, BATCH, IMAGES)
                .with(new UpdateRule(Optimizer.Sgd.DEFAULT, CLIP_NORM, 1, 0))
                .with(new Schedule.Constant(1));
        try (Session session = open(scenario)) {
            NamedTensors before = session.state();
            session.train(0, 0, 1);
            NamedTensors after = session.state();
            double squares = 0;
            for (Segment segment : session.program().full().parameters().segments()) {
                double factor = segment.name().startsWith("slow/") ? 0.1 : 1;
                for (int i = 0; i < segment.size(); i++) {
                    double moved = after.get(segment.name()).values()[i]
                            - before.get(segment.name()).values()[i];
                    squares += moved * moved / factor / factor;
                }
            }
            Comparison.assertClose(
                    "norm of the update, in parts of what it is clipped to",
                    1,
                    Math.sqrt(squares) / CLIP_NORM.norm(),
                    tolerances().training());
        }
    }

    @Test
    default void noGradientMovesAWeightFartherThanItsClipping() {
        Scenario scenario = Scenario.of(Networks.smooth(new Penalty(0.003, 0.02)), BATCH, IMAGES)
                .with(new UpdateRule(Optimizer.Sgd.DEFAULT, CLIP_VALUE, 1, 0))
                .with(new Schedule.Constant(1));
        try (Session session = open(scenario)) {
            NamedTensors before = session.state();
            session.train(0, 0, 1);
            NamedTensors after = session.state();
            int cut = 0;
            for (String name : before.names()) {
                float[] from = before.get(name).values();
                float[] to = after.get(name).values();
                for (int i = 0; i < from.length; i++) {
                    double moved = Math.abs((double) to[i] - from[i]) / CLIP_VALUE.value();
                    assertTrue(moved < 1 + ROUNDED_WEIGHT, name + " moved by " + moved + " times the clipping");
                    cut += moved > 1 - ROUNDED_WEIGHT ? 1 : 0;
                }
            }
            assertTrue(cut > 10, cut + " gradients were cut, which tells little");
        }
    }

    /** What the rounding of a weight below 1 to float32 is of a movement by a hundredth, with room. */
    double ROUNDED_WEIGHT = 2e-5;

    /** Without batch normalization and dropout the mean gradient of two batches is that of one of twice the size. */
    @ParameterizedTest(name = "{0} batches an update")
    @ValueSource(ints = {2, 3})
    default void accumulatedBatchesAreOneBatchOfTheirSize(int accumulation) {
        Scenario scenario = Scenario.of(Networks.smooth(new Penalty(0.003, 0.02)), BATCH, MORE_IMAGES)
                .with(new Schedule.Constant(0.02));
        UpdateRule rule = new UpdateRule(new Optimizer.Sgd(0.9, false), UpdateRule.Clipping.NONE, accumulation, 0);
        try (Session parts = open(scenario.with(rule));
                Session whole = open(scenario.withBatch(BATCH * accumulation).with(rule.optimizer()))) {
            parts.train(0, 0, parts.program().stepsPerEpoch());
            whole.train(0, 0, whole.program().stepsPerEpoch());
            Comparison.assertClose(
                    whole.state(),
                    States.behindUpdate(parts.state()),
                    tolerances().training());
        }
    }

    @Test
    default void weightsStayBetweenTheUpdatesOfAccumulatedBatches() {
        UpdateRule rule = new UpdateRule(Optimizer.Adam.DEFAULT, UpdateRule.Clipping.NONE, 3, 0.9);
        Scenario scenario =
                Scenario.of(Networks.smooth(Penalty.NONE), BATCH, MORE_IMAGES).with(rule);
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            NamedTensors before = session.state();
            session.train(0, 0, 2);
            oracle.train(0, 0, 2);
            NamedTensors between = session.state();
            for (String name : before.names()) {
                if (!name.startsWith("optimizer/accumulated/")) {
                    assertArrayEquals(
                            before.get(name).values(), between.get(name).values(), name);
                }
            }
            Comparison.assertClose(oracle.state(), between, tolerances().training());
            session.train(0, 2, 3);
            assertFalse(Arrays.equals(
                    before.get("dense2/bias").values(),
                    session.state().get("dense2/bias").values()));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OptimizerContract#optimizers")
    default void frozenLayersKeepTheirBits(Optimizer optimizer) {
        Penalty penalty = new Penalty(0.003, 0.02);
        Scenario scenario = Scenario.of(Networks.ruled(penalty), BATCH, IMAGES)
                .with(new UpdateRule(optimizer, UpdateRule.Clipping.NONE, 1, 0.9));
        try (Session session = open(scenario)) {
            session.restore(States.shaken(session.program().full()), 0);
            NamedTensors before = session.state();
            int steps = session.program().stepsPerEpoch();
            session.train(0, 0, steps);
            session.train(1, 0, steps);
            NamedTensors after = session.state();
            int frozen = 0;
            for (String name : before.names()) {
                boolean stays = Stream.of("frozen1/", "frozen2/", "frozen3/").anyMatch(name::contains);
                boolean same =
                        Arrays.equals(before.get(name).values(), after.get(name).values());
                assertEquals(stays, same, name);
                frozen += stays ? 1 : 0;
            }
            assertTrue(frozen >= 8, frozen + " tensors are frozen");
        }
    }

    @Test
    default void gradientsThatNothingNeedsAreNotLaidOpen() {
        Scenario scenario = Scenario.of(Networks.ruled(Penalty.NONE), BATCH, IMAGES);
        try (Session session = open(scenario)) {
            Trace trace = session.trace(0, 0);
            Plan plan = session.program().full();
            for (Slot slot : plan.slots()) {
                boolean shown = trace.activationGradients().find(slot.name()) != null;
                assertTrue(plan.needsGradient(slot) || !shown, slot.name());
            }
            assertFalse(plan.needsGradient(plan.slots().get(2)), "behind a frozen convolution of the images");
            for (String name : trace.parameterGradients().names()) {
                assertFalse(name.startsWith("frozen"), name);
            }
        }
    }

    @Test
    default void evaluationsGoByTheAverage() {
        Scenario scenario = Scenario.of(Networks.ruled(new Penalty(0.003, 0.02)), BATCH, IMAGES)
                .with(new Schedule.Constant(0.05));
        UpdateRule averaging = new UpdateRule(Optimizer.Adam.DEFAULT, UpdateRule.Clipping.NONE, 1, 0.9);
        try (Session session = open(scenario.with(averaging));
                Session plain = open(scenario)) {
            session.train(0, 0, 3);
            NamedTensors state = session.state();
            NamedTensors average = new NamedTensors();
            NamedTensors last = new NamedTensors();
            for (String name : plain.state().names()) {
                Tensor mean = state.find("optimizer/average/" + name); // statistics have none
                average.put(name, mean == null ? state.get(name) : mean);
                last.put(name, state.get(name));
            }
            Evaluation actual = session.evaluate(scenario.images());
            plain.restore(average, 0);
            Evaluations.assertClose(scenario.model().loss(), plain.evaluate(scenario.images()), actual, tolerances());
            plain.restore(last, 0);
            double distance = Math.abs(plain.evaluate(scenario.images()).loss() - actual.loss());
            assertTrue(
                    distance > 4 * tolerances().loss().relative(), "the average is not far from the last: " + distance);
            session.train(1, 0, 1); // the weights themselves are trained on
            States.assertSameBits(goneOn(scenario.with(averaging), state), session.state());
        }
    }

    private NamedTensors goneOn(Scenario scenario, NamedTensors state) {
        try (Session session = open(scenario)) {
            session.restore(state, 3);
            session.train(1, 0, 1);
            return session.state();
        }
    }

    @Test
    default void anAverageBeginsWithTheWeights() {
        UpdateRule averaging = new UpdateRule(Optimizer.Sgd.DEFAULT, UpdateRule.Clipping.NONE, 1, 0.9);
        Scenario scenario =
                Scenario.of(Networks.smooth(Penalty.NONE), BATCH, IMAGES).with(averaging);
        try (Session session = open(scenario)) {
            assertAverageIsTheWeights(session);
            session.train(0, 0, 2);
            session.restore(States.shaken(session.program().full()), 0); // which has no average
            assertAverageIsTheWeights(session);
        }
    }

    private static void assertAverageIsTheWeights(Session session) {
        NamedTensors state = session.state();
        for (Segment segment : session.program().full().parameters().segments()) {
            assertArrayEquals(
                    state.get(segment.name()).values(),
                    state.get("optimizer/average/" + segment.name()).values(),
                    segment.name());
        }
    }

    @Test
    default void aScaledRateIsTheSchedulesTimesTheLastFactor() {
        Scenario scenario = Scenario.of(Networks.smooth(Penalty.NONE), BATCH, IMAGES)
                .with(new Optimizer.AdamW(0.9, 0.99, 1e-3, 0.1))
                .with(new Schedule.Exponential(0.02, 0.7));
        try (Session scaled = open(scenario);
                Session scheduled = open(scenario.with(new Schedule.Exponential(0.005, 0.7)));
                Session untouched = open(scenario)) {
            NamedTensors start = scaled.state();
            scaled.scaleRate(0.5);
            scaled.scaleRate(0.25);
            scaled.train(0, 0, 2);
            scheduled.train(0, 0, 2);
            Comparison.assertClose(
                    scheduled.state(), scaled.state(), tolerances().training());
            scaled.restore(start, 0);
            scaled.scaleRate(1);
            scaled.train(0, 0, 2);
            untouched.train(0, 0, 2);
            States.assertSameBits(untouched.state(), scaled.state());
        }
    }

    @Test
    default void learningRateFollowsTheStepOfTheWholeRun() {
        double expectedRate = 0.1 * 0.25 * 0.25; // epoch 2
        Scenario scenario =
                Scenario.of(Networks.smooth(Penalty.NONE), BATCH, IMAGES).with(new Schedule.Step(0.1, 1, 0.25));
        try (Session session = open(scenario)) {
            String bias = "dense2/bias"; // starts at 0, so that its value is the step alone
            Tensor expected = session.trace(2, 1).parameterGradients().get(bias);
            for (int i = 0; i < expected.values().length; i++) {
                expected.values()[i] *= (float) -expectedRate;
            }
            session.train(2, 1, 2);
            Tensor moved = session.state().get(bias);
            Comparison.assertClose(
                    bias,
                    expected,
                    moved,
                    Comparison.largest(expected),
                    tolerances().training());
        }
    }

    @Test
    default void penaltiesAreAddedUpFromTheKernelsAlone() {
        assertPenalty(Networks.everything());
        assertPenalty(Networks.ruled(new Penalty(0.003, 0.02))); // frozen kernels count too
    }

    private void assertPenalty(ModelSpec model) {
        Scenario scenario = Scenario.of(model, BATCH, IMAGES);
        try (Session session = open(scenario)) {
            session.restore(States.shaken(session.program().full()), 0);
            double expected = penaltyOf(model, session.state());
            Comparison.assertClose(
                    "trace",
                    expected,
                    session.trace(0, 0).penalty(),
                    tolerances().loss());
            Evaluation evaluation = session.evaluate(scenario.images());
            Comparison.assertClose(
                    "evaluation", expected, evaluation.penalty(), tolerances().loss());
            assertEquals(evaluation.dataLoss() + evaluation.penalty(), evaluation.loss());
            TrainingSums sums = session.train(0, 0, 1);
            Comparison.assertClose(
                    "training", expected * BATCH, sums.penalty(), tolerances().loss());
            assertNotEquals(0, expected);
        }
    }

    /** {@code l1 * sum|w| + l2 * sum w^2} from the model and a state, layer by layer. */
    private static double penaltyOf(ModelSpec model, NamedTensors state) {
        double sum = 0;
        for (Layer layer : model.layers()) {
            Penalty penalty = HandTraining.penalty(layer);
            if (!penalty.isNone()) {
                for (float w : state.get(layer.name() + "/kernel").values()) {
                    sum += penalty.l1() * Math.abs(w) + penalty.l2() * w * w;
                }
            }
        }
        return sum;
    }
}
