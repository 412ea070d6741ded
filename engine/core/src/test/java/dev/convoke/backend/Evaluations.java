package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convoke.model.Loss;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Tensor;

/** Compares evaluations, and the sums of trainings. */
final class Evaluations {
    private Evaluations() {}

    /** Fails unless losses, figures and confidences are close and all answers are the same. */
    static void assertClose(Loss loss, Evaluation expected, Evaluation actual, ContractTolerances tolerances) {
        Comparison.assertClose("data loss", expected.dataLoss(), actual.dataLoss(), tolerances.loss());
        Comparison.assertClose("penalty", expected.penalty(), actual.penalty(), tolerances.loss());
        int count = expected.count();
        assertEquals(count, actual.count(), "answers");
        assertFigure(loss, 0, expected.first() * count, actual.first() * count, count, tolerances);
        assertFigure(loss, 1, expected.second() * count, actual.second() * count, count, tolerances);
        int same = 0;
        for (int i = 0; i < count; i++) {
            same += expected.predictions()[i] == actual.predictions()[i] ? 1 : 0;
        }
        Comparison.assertClose("answers that are the same", count, same, count, tolerances.answers());
        Tensor confidence = new Tensor(TensorShape.of(count), expected.confidence());
        Comparison.assertClose(
                "confidence",
                confidence,
                new Tensor(TensorShape.of(count), actual.confidence()),
                Math.max(1, Comparison.largest(confidence)),
                tolerances.activations());
    }

    /** Fails unless images are the same number, and loss, penalty and figures close. */
    static void assertClose(Loss loss, TrainingSums expected, TrainingSums actual, ContractTolerances tolerances) {
        assertEquals(expected.images(), actual.images(), "images");
        long count = expected.images();
        assertFigure(loss, 0, expected.first(), actual.first(), count, tolerances);
        assertFigure(loss, 1, expected.second(), actual.second(), count, tolerances);
        Comparison.assertClose("data loss", expected.dataLoss(), actual.dataLoss(), tolerances.loss());
        Comparison.assertClose("penalty", expected.penalty(), actual.penalty(), tolerances.loss());
    }

    /** A sum over {@code images} images: counts may be off by what may be answered otherwise, distances as a loss may. */
    private static void assertFigure(
            Loss loss, int which, double expected, double actual, long images, ContractTolerances tolerances) {
        Loss.Metric metric = loss.metrics().get(which);
        switch (metric) {
            case ACCURACY, TOP_K_ACCURACY, LABEL_ACCURACY, EXACT_MATCH ->
                Comparison.assertClose(metric.label(), expected, actual, images, tolerances.answers());
            case MEAN_ABSOLUTE_ERROR, MEAN_SQUARED_ERROR ->
                Comparison.assertClose(metric.label(), expected, actual, tolerances.loss());
        }
    }
}
