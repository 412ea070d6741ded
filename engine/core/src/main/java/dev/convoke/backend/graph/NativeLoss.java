package dev.convoke.backend.graph;

import dev.convoke.kernels.Kernels;
import dev.convoke.model.Loss;
import java.util.List;

/** Losses as our kernels take them. */
public final class NativeLoss {
    private NativeLoss() {}

    /** The kernels' description of {@code loss}; to be released by the caller. */
    public static Kernels.Loss of(Loss loss) {
        Kernels.Loss spec = new Kernels.Loss().outputs(loss.outputs());
        return loss.accept(new Loss.Visitor<>() {
            @Override
            public Kernels.Loss visit(Loss.SoftmaxCrossEntropy softmax) {
                return spec.kind(Kernels.SOFTMAX_CROSS_ENTROPY)
                        .smoothing((float) softmax.labelSmoothing())
                        .topK(softmax.topK());
            }

            @Override
            public Kernels.Loss visit(Loss.SigmoidCrossEntropy sigmoid) {
                return spec.kind(Kernels.SIGMOID_CROSS_ENTROPY).smoothing((float) sigmoid.labelSmoothing());
            }

            @Override
            public Kernels.Loss visit(Loss.MeanSquaredError squared) {
                return spec.kind(Kernels.MEAN_SQUARED_ERROR);
            }

            @Override
            public Kernels.Loss visit(Loss.Huber huber) {
                return spec.kind(Kernels.HUBER).delta((float) huber.delta());
            }
        });
    }

    /** The factors of classes or labels; empty for 1. */
    public static List<Double> weights(Loss loss) {
        return loss.accept(new Loss.Visitor<>() {
            @Override
            public List<Double> visit(Loss.SoftmaxCrossEntropy softmax) {
                return softmax.classWeights();
            }

            @Override
            public List<Double> visit(Loss.SigmoidCrossEntropy sigmoid) {
                return sigmoid.labelWeights();
            }

            @Override
            public List<Double> visit(Loss.MeanSquaredError squared) {
                return List.of();
            }

            @Override
            public List<Double> visit(Loss.Huber huber) {
                return List.of();
            }
        });
    }
}
