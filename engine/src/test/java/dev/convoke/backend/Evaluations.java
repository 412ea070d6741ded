package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convoke.plan.Tensor;
import dev.convoke.plan.TensorShape;

/** Compares evaluations. */
final class Evaluations {
    private Evaluations() {}

    /** Fails unless losses and confidences are close and all answers are the same. */
    static void assertClose(Evaluation expected, Evaluation actual, ContractTolerances tolerances) {
        Comparison.assertClose("data loss", expected.dataLoss(), actual.dataLoss(), tolerances.loss());
        Comparison.assertClose("penalty", expected.penalty(), actual.penalty(), tolerances.loss());
        int count = expected.count();
        assertEquals(count, actual.count(), "answers");
        Comparison.assertClose(expected.correct(), actual.correct(), count, tolerances.answers());
        int same = 0;
        for (int i = 0; i < count; i++) {
            same += expected.predictions()[i] == actual.predictions()[i] ? 1 : 0;
        }
        Comparison.assertClose(count, same, count, tolerances.answers());
        TensorShape shape = TensorShape.of(count);
        Comparison.assertClose(
                "confidence",
                new Tensor(shape, expected.confidence()),
                new Tensor(shape, actual.confidence()),
                1,
                tolerances.activations());
    }
}
