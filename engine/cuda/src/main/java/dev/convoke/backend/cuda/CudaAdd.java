package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * The sum of several layers, with the ReLU that may follow. The gradient of the output is that of the first input that has
 * one, which shares its memory; the others get copies.
 */
final class CudaAdd extends CudaLayer {
    private final CudaReluFusion relu;
    private final List<Buffer> copies; // gradients of inputs that have separate memory

    /** @param ops the sum, and the ReLU where there is one */
    CudaAdd(
            CudaContext context,
            List<Op> ops,
            int place,
            CudaReluFusion relu,
            List<Activations> inputs,
            Activations output) {
        super(context, ops, place, inputs, output);
        this.relu = relu;
        copies = inputs.stream()
                .filter(input -> input.hasGradient() && input.gradient() != output.gradient())
                .map(Activations::gradientBuffer)
                .toList();
        if (output.hasGradient() && relu == CudaReluFusion.RELU) {
            output.values().usedBackward(place);
        }
    }

    @Override
    public String forwardKernels() {
        return relu == CudaReluFusion.NONE ? "ours: sum" : "ours: sum, ReLU";
    }

    @Override
    public String backwardKernels() {
        return relu.masked("copies of the gradient");
    }

    @Override
    public void forward() {
        Pointer sum = output().data();
        for (int i = 1; i < inputs().size(); i++) {
            boolean rectified = relu == CudaReluFusion.RELU && i == inputs().size() - 1;
            CudaRuntime.check(
                    CudaKernels.add(
                            type(),
                            i == 1 ? input().data() : sum,
                            inputs().get(i).data(),
                            sum,
                            output().count(),
                            rectified ? 1 : 0,
                            context().stream()),
                    "convoke_cuda_add",
                    name());
        }
    }

    @Override
    void queueBackward() {
        relu.mask(context(), output(), 1, name());
        long bytes = output().count() * output().valueBytes();
        for (Buffer copy : copies) {
            context().queue().copy(copy.bytes(), output().gradientData(), bytes, name());
        }
    }
}
