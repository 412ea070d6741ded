package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Convolution, bias and an optional ReLU: one call of cuDNN if supported, otherwise our kernel for bias and ReLU. */
final class CudaConvolution extends CudaLayer {
    private static final int KEEP_ALL = 0; // threshold of a dropout that drops nothing

    private final CudaReluFusion relu;
    private final CudaConvolutionPasses passes;
    private final @Nullable Segment bias;
    private boolean fused;

    /** @param ops the convolution, and the ReLU where there is one */
    CudaConvolution(
            CudaContext context, List<Op> ops, int place, CudaReluFusion relu, Activations input, Activations output) {
        super(context, ops, place, List.of(input), output);
        this.relu = relu;
        Op op = ops.get(0);
        bias = op.bias();
        passes = new CudaConvolutionPasses(context, place, op, input, output);
        if (output.hasGradient() && relu == CudaReluFusion.RELU) {
            output.values().usedBackward(place);
        }
    }

    @Override
    public String forwardKernels() {
        if (fused || (relu == CudaReluFusion.NONE && bias == null)) {
            return "cuDNN";
        }
        if (relu == CudaReluFusion.NONE) {
            return "cuDNN; ours: bias";
        }
        return bias == null ? "cuDNN; ours: ReLU" : "cuDNN; ours: bias, ReLU";
    }

    @Override
    public String backwardKernels() {
        return relu.masked(passes.backwardKernels());
    }

    @Override
    public List<Buffer> buffers() {
        return passes.buffers();
    }

    @Override
    void choose(CudaAlgorithmSelector selector) {
        passes.choose(selector);
        // cuDNN reads a bias in the format of the tensors; ours stays float32.
        fused = relu == CudaReluFusion.RELU && context().format() == CudaFormat.FLOAT32 && passes.forwardRectified();
    }

    @Override
    public void forward() {
        if (fused) {
            passes.forwardRectified();
            return;
        }
        passes.forward();
        if (relu == CudaReluFusion.RELU) {
            addBiasAndRectify();
        } else if (bias != null) {
            addBias(bias);
        }
    }

    private void addBias(Segment values) {
        CudaRuntime.check(
                CudaKernels.addBias(
                        type(),
                        output().data(),
                        context().parameters().of(values),
                        output().rows(),
                        output().shape().channels(),
                        output().data(),
                        context().stream()),
                "convoke_cuda_add_bias",
                name());
    }

    private void addBiasAndRectify() {
        CudaRuntime.check(
                CudaKernels.biasReluDropoutForward(
                        type(),
                        output().data(),
                        bias == null ? null : context().parameters().of(bias),
                        output().data(),
                        (int) output().rows(),
                        output().shape().channels(),
                        context().trial().seed(),
                        context().state().device(),
                        0,
                        KEEP_ALL,
                        1,
                        context().stream()),
                "convoke_cuda_bias_relu_dropout_forward",
                name());
    }

    @Override
    void queueBackward() {
        relu.mask(context(), output(), 1, name());
        passes.backward();
    }
}
