package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.plan.Op;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An element-wise function by itself. */
final class CpuActivation extends CpuLayer {
    private final int kind;
    private final boolean readsInput; // in the backward pass; else it reads the output
    private final float slope;
    private final CpuPartPointers x;
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dx;
    private final @Nullable CpuPartPointers dy;

    CpuActivation(CpuContext context, int place, Op op, Activation layer, Activations input, Activations output) {
        super(context, List.of(op), place, List.of(input), output);
        kind = kind(layer.function());
        readsInput = layer.function() == ActivationFunction.LEAKY_RELU || layer.function() == ActivationFunction.GELU;
        slope = (float) layer.slope();
        x = CpuPartPointers.values(input, parts());
        y = CpuPartPointers.values(output, parts());
        dx = CpuPartPointers.gradient(input, parts());
        dy = CpuPartPointers.gradient(output, parts());
        if (input.hasGradient()) {
            (readsInput ? input : output).values().usedBackward(place);
        }
    }

    private static int kind(ActivationFunction function) {
        return switch (function) {
            case RELU -> Kernels.RELU;
            case LEAKY_RELU -> Kernels.LEAKY_RELU;
            case GELU -> Kernels.GELU;
            case TANH -> Kernels.TANH;
            case SIGMOID -> Kernels.SIGMOID;
        };
    }

    @Override
    public String forwardKernels() {
        return CpuKernels.own("activation");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.own("activation");
    }

    private long count(int part) {
        return (long) parts().images(part) * output().shape().size();
    }

    @Override
    void forward(int part, int worker) {
        Kernels.activationForward(kind, x.floats(part), y.floats(part), count(part), slope, 1);
    }

    @Override
    void backwardData(int part, int worker) {
        if (dx != null && dy != null) {
            Kernels.activationBackward(
                    kind,
                    readsInput ? x.floats(part) : null,
                    readsInput ? null : y.floats(part),
                    dy.floats(part),
                    dx.floats(part),
                    count(part),
                    slope,
                    1);
        }
    }
}
