package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * The sum of several layers, with the ReLU that may follow. The gradient of the output is that of the first input that has
 * one, which shares its memory; the others get copies.
 */
final class CpuAdd extends CpuLayer {
    private final CpuReluFusion relu;
    private final List<CpuPartPointers> x = new ArrayList<>();
    private final List<CpuPartPointers> copies = new ArrayList<>(); // gradients of inputs that have separate memory
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dy;

    /** @param ops the sum, and the ReLU where there is one */
    CpuAdd(
            CpuContext context,
            List<Op> ops,
            int place,
            CpuReluFusion relu,
            List<Activations> inputs,
            Activations output) {
        super(context, ops, place, inputs, output);
        this.relu = relu;
        for (Activations input : inputs) {
            x.add(CpuPartPointers.values(input, parts()));
            if (input.hasGradient() && input.gradient() != output.gradient()) {
                copies.add(CpuPartPointers.of(
                        input.gradientBuffer(), parts(), (long) input.shape().size() * Float.BYTES));
            }
        }
        y = CpuPartPointers.values(output, parts());
        dy = CpuPartPointers.gradient(output, parts());
        if (dy != null && relu == CpuReluFusion.MASKS) {
            output.values().usedBackward(place);
        }
    }

    @Override
    public String forwardKernels() {
        return CpuKernels.own(relu == CpuReluFusion.NONE ? "sum" : "sum + ReLU");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.masked(relu, CpuKernels.own("copies of the gradient"));
    }

    private long count(int part) {
        return (long) parts().images(part) * output().shape().size();
    }

    @Override
    void forward(int part, int worker) {
        FloatPointer sum = y.floats(part);
        for (int i = 1; i < x.size(); i++) {
            FloatPointer first = i == 1 ? x.get(0).floats(part) : sum;
            int rectified = relu != CpuReluFusion.NONE && i == x.size() - 1 ? 1 : 0;
            Kernels.add(first, x.get(i).floats(part), sum, count(part), rectified, 1);
        }
    }

    @Override
    void backwardData(int part, int worker) {
        if (dy == null) {
            return;
        }
        FloatPointer gradient = dy.floats(part);
        if (relu == CpuReluFusion.MASKS) {
            Kernels.reluDropoutBackward(y.floats(part), gradient, gradient, count(part), 1, 1);
        }
        for (int i = 0; i < copies.size(); i++) {
            CpuLayer.copy(copies.get(i).floats(part), gradient, count(part));
        }
    }
}
