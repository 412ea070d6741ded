package dev.convoke.plan;

import dev.convoke.model.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * The plans of one session over one set of parameters: full batches, the remainder of an epoch, evaluation.
 *
 * @param full plan of a full batch
 * @param remainder plan of an epoch's last, smaller batch; null where the images divide evenly
 * @param evaluation plan of an evaluation batch; a last partial batch is filled up and the surplus ignored
 * @param trainingImages images an epoch
 */
public record Program(Plan full, @Nullable Plan remainder, Plan evaluation, int trainingImages) {
    /** Images of an evaluation batch where nothing else is asked for. */
    public static final int EVALUATION_BATCH = 250;

    /** Compiles the plans for {@code trainingImages} images in batches of {@code batch}. */
    public static Program compile(ModelSpec model, int batch, int trainingImages, Precision precision) {
        return compile(model, batch, trainingImages, EVALUATION_BATCH, precision);
    }

    /** The same with an evaluation batch other than the usual one. */
    public static Program compile(
            ModelSpec model, int batch, int trainingImages, int evaluationBatch, Precision precision) {
        int size = Math.min(batch, trainingImages);
        int rest = trainingImages % size;
        return new Program(
                PlanCompiler.compile(model, size, precision),
                rest == 0 ? null : PlanCompiler.compile(model, rest, precision),
                PlanCompiler.compile(model, evaluationBatch, precision),
                trainingImages);
    }

    /** Steps of an epoch, the remainder included. */
    public int stepsPerEpoch() {
        return trainingImages / full.batch() + (remainder == null ? 0 : 1);
    }

    /** The plan of {@code step} of an epoch. */
    public Plan at(int step) {
        return remainder != null && step == stepsPerEpoch() - 1 ? remainder : full;
    }

    /** Position in the epoch's order of the first image of {@code step}. */
    public int firstPosition(int step) {
        return step * full.batch();
    }
}
