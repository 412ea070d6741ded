package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.convoke.model.LayerSpec;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.OptimizerSpec;
import dev.convoke.model.Penalty;
import dev.convoke.model.Schedule;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Optimizers, penalties and schedules: against the oracle, and against steps worked out here from the gradient alone. */
interface OptimizerContract extends BackendSubject {
    /** With {@link #IMAGES}, two full batches and a remainder an epoch. */
    int BATCH = 4;

    int IMAGES = 10;

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
        for (OptimizerSpec optimizer : optimizers()) {
            for (Penalty penalty : penalties) {
                cases.add(Arguments.of(optimizer, penalty, schedules.get(cases.size() % schedules.size())));
            }
        }
        return cases.stream();
    }

    static List<OptimizerSpec> optimizers() {
        return List.of(
                OptimizerSpec.Sgd.DEFAULT,
                new OptimizerSpec.Sgd(0.9, false),
                new OptimizerSpec.Sgd(0.9, true),
                OptimizerSpec.RmsProp.DEFAULT,
                new OptimizerSpec.RmsProp(0.95, 0.8, 1e-4),
                OptimizerSpec.Adam.DEFAULT,
                new OptimizerSpec.Adam(0.8, 0.95, 1e-3),
                OptimizerSpec.AdamW.DEFAULT,
                new OptimizerSpec.AdamW(0.9, 0.99, 1e-5, 0.1));
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("dev.convoke.backend.OptimizerContract#updateRules")
    default void twoEpochsAgreeWithTheOracle(OptimizerSpec optimizer, Penalty penalty, Schedule schedule) {
        Scenario scenario = Scenario.of(Networks.smooth(penalty), BATCH, IMAGES)
                .with(optimizer)
                .with(schedule);
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            int steps = session.program().stepsPerEpoch();
            for (int epoch = 0; epoch < 2; epoch++) {
                TrainingSums expected = oracle.train(epoch, 0, steps).get(0);
                TrainingSums actual = session.train(epoch, 0, steps).get(0);
                assertEquals(expected.images(), actual.images());
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
            }
            Comparison.assertClose(
                    oracle.state(0), session.state(0), tolerances().training());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OptimizerContract#optimizers")
    default void everyWeightMovesAsItsFormulaSays(OptimizerSpec optimizer) {
        Penalty penalty = new Penalty(0.003, 0.02);
        double rate = 0.01;
        int steps = 3;
        Scenario scenario = Scenario.of(Networks.smooth(penalty), BATCH, IMAGES)
                .with(optimizer)
                .with(new Schedule.Constant(rate));
        try (Session session = open(scenario)) {
            List<HandSegment> segments = HandSegment.of(session, optimizer, penalty);
            for (int step = 0; step < steps; step++) {
                NamedTensors gradients = session.trace(0, 0, step).parameterGradients();
                segments.forEach(segment -> segment.take(gradients, rate));
                session.train(0, step, step + 1);
            }
            NamedTensors end = session.state(0);
            for (HandSegment segment : segments) {
                Tensor expected = segment.values();
                Tensor actual = end.get(segment.name());
                double scale = Comparison.largest(expected);
                Comparison.assertClose(
                        segment.name(), expected, actual, scale, tolerances().training());
            }
        }
    }

    @Test
    default void learningRateFollowsTheStepOfTheWholeRun() {
        double expectedRate = 0.1 * 0.25 * 0.25; // epoch 2
        Scenario scenario =
                Scenario.of(Networks.smooth(Penalty.NONE), BATCH, IMAGES).with(new Schedule.Step(0.1, 1, 0.25));
        try (Session session = open(scenario)) {
            String bias = "dense2/bias"; // starts at 0, so that its value is the step alone
            Tensor expected = session.trace(0, 2, 1).parameterGradients().get(bias);
            for (int i = 0; i < expected.values().length; i++) {
                expected.values()[i] *= (float) -expectedRate;
            }
            session.train(2, 1, 2);
            Tensor moved = session.state(0).get(bias);
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
        ModelSpec model = Networks.everything();
        Scenario scenario = Scenario.of(model, BATCH, IMAGES);
        try (Session session = open(scenario)) {
            session.restore(0, States.shaken(session.program().full()), 0);
            double expected = penaltyOf(model, session.state(0));
            Comparison.assertClose(
                    "trace",
                    expected,
                    session.trace(0, 0, 0).penalty(),
                    tolerances().loss());
            Evaluation evaluation = session.evaluate(0, scenario.images());
            Comparison.assertClose(
                    "evaluation", expected, evaluation.penalty(), tolerances().loss());
            assertEquals(evaluation.dataLoss() + evaluation.penalty(), evaluation.loss());
            TrainingSums sums = session.train(0, 0, 1).get(0);
            Comparison.assertClose(
                    "training", expected * BATCH, sums.penalty(), tolerances().loss());
            assertNotEquals(0, expected);
        }
    }

    /** {@code l1 * sum|w| + l2 * sum w^2} from the model and a state, layer by layer. */
    private static double penaltyOf(ModelSpec model, NamedTensors state) {
        double sum = 0;
        for (LayerSpec layer : model.layers()) {
            Penalty penalty = Penalty.NONE;
            if (layer instanceof LayerSpec.Convolution convolution) {
                penalty = convolution.penalty();
            } else if (layer instanceof LayerSpec.Dense dense) {
                penalty = dense.penalty();
            }
            if (!penalty.isNone()) {
                for (float w : state.get(layer.name() + "/kernel").values()) {
                    sum += penalty.l1() * Math.abs(w) + penalty.l2() * w * w;
                }
            }
        }
        return sum;
    }
}
