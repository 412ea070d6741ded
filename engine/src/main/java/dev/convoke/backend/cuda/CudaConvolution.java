package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import java.util.List;

/** Convolution and bias, with the ReLU that may follow: by one call of cuDNN where it serves, else bias and ReLU by ours. */
final class CudaConvolution extends CudaLayer {
    private static final int KEEP_ALL = 0; // threshold of a dropout that drops nothing

    private final CudaContext context;
    private final Op.Convolution op;
    private final CudaRectifier rectifier;
    private final CudaConvolutionPasses passes;
    private boolean fused;

    CudaConvolution(
            CudaContext context,
            CudaMode mode,
            String name,
            int place,
            Op.Convolution op,
            CudaRectifier rectifier,
            CudaTensor input,
            CudaTensor output) {
        super(name, place, input, output);
        this.context = context;
        this.op = op;
        this.rectifier = rectifier;
        passes = new CudaConvolutionPasses(context, mode, place, op, input, output);
        if (mode == CudaMode.TRAINING && rectifier == CudaRectifier.RELU) {
            output.values().usedBackward(place);
        }
    }

    @Override
    String kernels() {
        return fused || rectifier == CudaRectifier.NONE ? "cuDNN" : "cuDNN, our ReLU";
    }

    @Override
    List<CudaBuffer> buffers() {
        return passes.buffers();
    }

    @Override
    void choose(CudaChooser chooser) {
        passes.choose(chooser);
        // cuDNN reads a bias in the format of the tensors; ours stays float32.
        fused = rectifier == CudaRectifier.RELU && context.format() == CudaFormat.FLOAT32 && passes.forwardRectified();
    }

    @Override
    void forward() {
        if (fused) {
            passes.forwardRectified();
        } else {
            passes.forward();
            addBias();
        }
    }

    private void addBias() {
        int type = output().format().code();
        int channels = output().shape().channels();
        if (rectifier == CudaRectifier.NONE) {
            CudaRuntime.check(
                    CudaKernels.addBias(
                            type,
                            output().data(),
                            context.parameters().of(op.bias()),
                            output().rows(),
                            channels,
                            output().data(),
                            context.stream()),
                    "convoke_cuda_add_bias",
                    name());
            return;
        }
        CudaRuntime.check(
                CudaKernels.biasReluDropoutForward(
                        type,
                        output().data(),
                        context.parameters().of(op.bias()),
                        output().data(),
                        (int) output().rows(),
                        channels,
                        context.trial().seed(),
                        context.state().device(),
                        0,
                        KEEP_ALL,
                        1,
                        context.stream()),
                "convoke_cuda_bias_relu_dropout_forward",
                name());
    }

    @Override
    void backward() {
        if (rectifier == CudaRectifier.RELU) {
            CudaRuntime.check(
                    CudaKernels.reluDropoutBackward(
                            output().format().code(),
                            output().data(),
                            output().gradientData(),
                            output().gradientData(),
                            output().count(),
                            1,
                            context.stream()),
                    "convoke_cuda_relu_dropout_backward",
                    name());
        }
        passes.backward();
    }
}
