package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** The gradients of a dense layer, by cublasLt: kernel and bias in float32, the input's in the format of the activations. */
final class CudaDenseBackward {
    private final CudaContext context;
    private final Op.Dense op;
    private final CudaTensor input;
    private final CudaTensor output;
    private final CublasProduct kernelAndBias;
    private final CublasProduct kernelAlone;
    private final @Nullable CublasProduct data;
    private boolean fused; // whether the kernel's product gives the bias too

    CudaDenseBackward(CudaContext context, Op.Dense op, CudaTensor input, CudaTensor output) {
        this.context = context;
        this.op = op;
        this.input = input;
        this.output = output;
        kernelAndBias = kernel(CublasEpilogue.BIAS_GRADIENT);
        kernelAlone = kernel(CublasEpilogue.NONE);
        data = input.hasGradient() ? data() : null;
        context.scratch().atLeast(CudaKernels.columnSumsWorkspaceBytes(output.batch(), op.units()));
    }

    // dW [U, K] = dy [N, U]^T x [N, K]: column after column, dW = X dY^T.
    private CublasProduct kernel(CublasEpilogue epilogue) {
        CudaFormat format = context.format();
        return new CublasProduct(
                context.cublas(),
                op.name(),
                CublasMatrix.of(format, op.inputs(), input.batch()),
                CublasMatrix.of(format, op.units(), input.batch()).transposed(),
                CublasMatrix.of(CudaFormat.FLOAT32, op.inputs(), op.units()),
                epilogue,
                epilogue == CublasEpilogue.NONE ? null : context.gradients().of(op.bias()));
    }

    // dx [N, K] = dy [N, U] W [U, K]: column after column, dX = W dY.
    private CublasProduct data() {
        CudaFormat format = context.format();
        return new CublasProduct(
                context.cublas(),
                op.name(),
                CublasMatrix.of(format, op.inputs(), op.units()),
                CublasMatrix.of(format, op.units(), input.batch()),
                CublasMatrix.of(format, op.inputs(), input.batch()),
                CublasEpilogue.NONE,
                null);
    }

    void choose(CudaChooser chooser) {
        Pointer gradient = context.gradients().of(op.kernel());
        fused = kernelAndBias.choose(chooser, input.data(), output.gradientData(), gradient);
        if (!fused) {
            kernelAlone.chooseOrFail(chooser, input.data(), output.gradientData(), gradient);
        }
        if (data != null) {
            data.chooseOrFail(
                    chooser,
                    context.parameters().forProducts(op.kernel()),
                    output.gradientData(),
                    input.gradientData());
        }
    }

    void run() {
        if (fused) {
            kernelAndBias.run(
                    input.data(), output.gradientData(), context.gradients().of(op.kernel()));
        } else {
            kernelAlone.run(
                    input.data(), output.gradientData(), context.gradients().of(op.kernel()));
            sumBias();
        }
        if (data != null) {
            data.run(context.parameters().forProducts(op.kernel()), output.gradientData(), input.gradientData());
        }
    }

    private void sumBias() {
        CudaRuntime.check(
                CudaKernels.columnSums(
                        output.format().code(),
                        output.gradientData(),
                        output.batch(),
                        op.units(),
                        context.gradients().of(op.bias()),
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_column_sums",
                op.name());
    }
}
