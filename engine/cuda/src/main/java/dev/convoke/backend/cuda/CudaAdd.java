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
    private final CudaRectifier rectifier;
    private final List<Buffer> copies; // gradients of inputs with memory of their own

    /** @param ops the sum, and the ReLU where there is one */
    CudaAdd(
            CudaContext context,
            List<Op> ops,
            int place,
            CudaRectifier rectifier,
            List<Activations> inputs,
            Activations output) {
        super(context, ops, place, inputs, output);
        this.rectifier = rectifier;
        copies = inputs.stream()
                .filter(input -> input.hasGradient() && input.gradient() != output.gradient())
                .map(Activations::gradientBuffer)
                .toList();
        if (output.hasGradient() && rectifier == CudaRectifier.RELU) {
            output.values().usedBackward(place);
        }
    }

    @Override
    public String forwardKernels() {
        return rectifier == CudaRectifier.NONE ? "ours: sum" : "ours: sum, ReLU";
    }

    @Override
    public String backwardKernels() {
        return rectifier.masked("copies of the gradient");
    }

    @Override
    public void forward() {
        Pointer sum = output().data();
        for (int i = 1; i < inputs().size(); i++) {
            boolean rectified = rectifier == CudaRectifier.RELU && i == inputs().size() - 1;
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
        rectifier.mask(context(), output(), 1, name());
        long bytes = output().count() * output().valueBytes();
        for (Buffer copy : copies) {
            context().queue().copy(copy.bytes(), output().gradientData(), bytes, name());
        }
    }
}
