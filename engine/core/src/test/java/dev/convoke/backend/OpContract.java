package dev.convoke.backend;

import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Layer;
import dev.convoke.model.ParameterRule;
import dev.convoke.plan.Plan;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every op, forward and backward, against the float64 oracle: the traces of one training step. */
interface OpContract extends BackendUnderTest {
    /** Steps an epoch of the op cases; the second is traced, so that positions do not start at 0. */
    int STEPS = 2;

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OpCases#convolutions")
    default void convolutionAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.WindowCases#convolutions")
    default void convolutionOfAnyWindowAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.WindowCases#groups")
    default void groupedConvolutionAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OpCases#poolings")
    default void poolingAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.WindowCases#poolings")
    default void poolingOfAnyWindowAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.WindowCases#globalPoolings")
    default void poolingOverTheWholeImageAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.JoinCases#joins")
    default void graphAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op, networkTolerances());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OpCases#normalizations")
    default void batchNormalizationAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OpCases#denses")
    default void denseAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OpCases#dropouts")
    default void dropoutAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OpCases#activations")
    default void activationAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OpCases#losses")
    default void lossAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OpCases#losses")
    default void figuresOfALossAgreeWithTheOracle(OpCase op) {
        Scenario scenario = op.scenario(2 * op.batch() + 3);
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            shake(session);
            shake(oracle);
            Evaluation expected = oracle.evaluate(scenario.images());
            Evaluation actual = session.evaluate(scenario.images());
            Evaluations.assertClose(op.model().loss(), expected, actual, tolerances());
            int steps = session.program().stepsPerEpoch();
            TrainingSums expectedSums = oracle.train(0, 0, steps);
            TrainingSums actualSums = session.train(0, 0, steps);
            Evaluations.assertClose(op.model().loss(), expectedSums, actualSums, tolerances());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OpCases#topologies")
    default void wholeNetworkAgreesWithTheOracle(OpCase op) {
        assertTraceAgrees(op, networkTolerances());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.OpCases#inferences")
    default void inferenceAgreesWithTheOracle(OpCase op) {
        Scenario scenario = op.scenario(11);
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            shake(session);
            shake(oracle);
            Evaluation expected = oracle.evaluate(scenario.images());
            Evaluation actual = session.evaluate(scenario.images());
            Evaluations.assertClose(op.model().loss(), expected, actual, tolerances());
        }
    }

    @Test
    default void normalizationWithoutScaleAndShiftLeavesAMeanOfZeroAndAVarianceOfOne() {
        double epsilon = 1e-9; // below what any tolerance here sees
        Layer op = new BatchNormalization(
                "op", 0.9, epsilon, false, false, BatchNormalization.Variance.BIASED, ParameterRule.NORMAL);
        OpCase bare = OpCases.behindConvolution("bare normalization", OpCases.GRAY, 3, 5, op);
        try (Session session = open(bare.scenario(bare.batch()))) {
            float[] y = session.trace(0, 0).activations().get("op").values(); // [5, 3, 9, 7]
            for (int channel = 0; channel < 3; channel++) {
                int c = channel;
                double mean = IntStream.range(0, y.length)
                        .filter(i -> i / 63 % 3 == c)
                        .mapToDouble(i -> y[i])
                        .average()
                        .orElseThrow();
                double square = IntStream.range(0, y.length)
                        .filter(i -> i / 63 % 3 == c)
                        .mapToDouble(i -> (double) y[i] * y[i])
                        .average()
                        .orElseThrow();
                Comparison.assertClose("mean", 0, mean, tolerances().activations());
                Comparison.assertClose("variance", 1, square, tolerances().activations());
            }
        }
    }

    private void assertTraceAgrees(OpCase op) {
        assertTraceAgrees(op, tolerances());
    }

    private void assertTraceAgrees(OpCase op, ContractTolerances tolerances) {
        Scenario scenario = op.scenario(STEPS * op.batch());
        try (Session session = open(scenario);
                Session oracle = oracle(scenario)) {
            shake(session);
            shake(oracle);
            int epoch = 1;
            Trace expected = oracle.trace(epoch, STEPS - 1);
            Trace actual = session.trace(epoch, STEPS - 1);
            String logits = session.program().full().logits().name();
            Comparison.assertClose(expected, actual, logits, tolerances);
        }
    }

    private static void shake(Session session) {
        Plan plan = session.program().full();
        session.restore(States.shaken(plan), 0);
    }
}
