package dev.convoke.backend.cuda;

import dev.convoke.backend.DropoutMask;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer by cublasLt, with the ReLU and the dropout that may follow: bias and ReLU are epilogues of the product, and
 * the gradient of the bias one of the kernel's; bias, ReLU and dropout together are one kernel of ours.
 */
final class CudaDense extends CudaLayer {
    private final CudaContext context;
    private final Op.Dense op;
    private final CudaRectifier rectifier;
    private final Op.@Nullable Dropout dropout; // in training, where something is dropped
    private final DropoutMask mask;
    private final CublasProduct forward;
    private final @Nullable CudaDenseBackward backward;

    /**
     * @param dropout what follows the ReLU; null for none. Only with a rectifier, which lets the output say what was kept
     */
    CudaDense(
            CudaContext context,
            CudaMode mode,
            String name,
            int place,
            Op.Dense op,
            CudaRectifier rectifier,
            Op.@Nullable Dropout dropout,
            CudaTensor input,
            CudaTensor output) {
        super(name, place, input, output);
        this.context = context;
        this.op = op;
        this.rectifier = rectifier;
        boolean trains = mode == CudaMode.TRAINING;
        mask = dropout == null || !trains
                ? DropoutMask.of(0)
                : DropoutMask.of(context.trial().model(), dropout);
        this.dropout = mask.threshold() == 0 ? null : dropout;
        forward = product();
        backward = trains ? new CudaDenseBackward(context, op, input, output) : null;
        if (trains) {
            input.values().usedBackward(place);
            if (rectifier == CudaRectifier.RELU) {
                output.values().usedBackward(place);
            }
        }
    }

    // y [N, U] = x [N, K] W [U, K]^T: column after column, Y = W^T X.
    private CublasProduct product() {
        CudaFormat format = context.format();
        CublasEpilogue epilogue = dropout != null
                ? CublasEpilogue.NONE
                : rectifier == CudaRectifier.RELU ? CublasEpilogue.BIAS_RELU : CublasEpilogue.BIAS;
        return new CublasProduct(
                context.cublas(),
                name(),
                CublasMatrix.of(format, op.inputs(), op.units()).transposed(),
                CublasMatrix.of(format, op.inputs(), input().batch()),
                CublasMatrix.of(format, op.units(), input().batch()),
                epilogue,
                epilogue == CublasEpilogue.NONE ? null : context.parameters().forProducts(op.bias()));
    }

    @Override
    String kernels() {
        return dropout == null ? "cublasLt" : "cublasLt, our bias, ReLU and dropout";
    }

    @Override
    void choose(CudaChooser chooser) {
        forward.chooseOrFail(chooser, context.parameters().forProducts(op.kernel()), input().data(), output().data());
        if (backward != null) {
            backward.choose(chooser);
        }
    }

    @Override
    void forward() {
        Pointer kernel = context.parameters().forProducts(op.kernel());
        forward.run(kernel, input().data(), output().data());
        if (dropout != null) {
            drop(dropout);
        }
    }

    private void drop(Op.Dropout layer) {
        CudaRuntime.check(
                CudaKernels.biasReluDropoutForward(
                        output().format().code(),
                        output().data(),
                        context.parameters().of(op.bias()),
                        output().data(),
                        output().batch(),
                        op.units(),
                        context.trial().seed(),
                        context.state().device(),
                        layer.ordinal(),
                        mask.threshold(),
                        mask.scale(),
                        context.stream()),
                "convoke_cuda_bias_relu_dropout_forward",
                name());
    }

    @Override
    void backward() {
        if (backward == null) {
            throw new IllegalStateException("a network for inference has no backward pass");
        }
        if (rectifier == CudaRectifier.RELU) {
            CudaRuntime.check(
                    CudaKernels.reluDropoutBackward(
                            output().format().code(),
                            output().data(),
                            output().gradientData(),
                            output().gradientData(),
                            output().count(),
                            mask.scale(),
                            context.stream()),
                    "convoke_cuda_relu_dropout_backward",
                    name());
        }
        backward.run();
    }
}
