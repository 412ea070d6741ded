package dev.convoke.backend;

import dev.convoke.datasets.Targets;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;

/**
 * Targets as a loss reads them: a row of 32-bit words for each image. A class label is one int for a loss on class indices,
 * and a one-hot vector of floats for a loss on numbers.
 */
public final class TargetRows {
    private TargetRows() {}

    /** Words of a row. */
    public static int width(Loss loss) {
        return loss.target() == Loss.Target.CLASS ? 1 : loss.outputs();
    }

    /** The bits of every row, {@code [N, width]}: ints for classes, float32 for numbers. */
    public static int[] bits(Loss loss, Targets targets) {
        if (loss.target() == Loss.Target.CLASS) {
            return classes(targets).labels();
        }
        int width = loss.outputs();
        int[] bits = new int[Math.multiplyExact(targets.count(), width)];
        for (int n = 0; n < targets.count(); n++) {
            for (int k = 0; k < width; k++) {
                bits[n * width + k] = Float.floatToRawIntBits(value(targets, n, k));
            }
        }
        return bits;
    }

    /** Number {@code k} of image {@code n}'s target. */
    public static float value(Targets targets, int n, int k) {
        if (targets instanceof Targets.Values values) {
            return values.values()[n * values.width() + k];
        }
        return classes(targets).labels()[n] == k ? 1 : 0;
    }

    private static Targets.Classes classes(Targets targets) {
        if (targets instanceof Targets.Classes classes) {
            return classes;
        }
        throw new IllegalArgumentException("the images have numbers, not classes, as targets");
    }

    /**
     * Checks that a model can be trained towards targets.
     *
     * @throws IllegalArgumentException saying which image has a target that does not fit
     */
    static void check(ModelSpec model, Targets targets) {
        int outputs = model.outputs();
        if (targets instanceof Targets.Values values) {
            if (model.loss().target() == Loss.Target.CLASS) {
                throw new IllegalArgumentException("the images have numbers as targets, but the loss of " + model.name()
                        + " needs classes; choose mean_squared_error or huber");
            }
            if (values.width() != outputs) {
                throw new IllegalArgumentException("the images have " + values.width() + " numbers as a target, but "
                        + model.name() + " has " + outputs + " outputs");
            }
            return;
        }
        int[] labels = classes(targets).labels();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= outputs) {
                throw new IllegalArgumentException("image " + i + " has label " + labels[i] + ", but " + model.name()
                        + " has " + outputs + " classes");
            }
        }
    }
}
