package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of a dense layer, by cublasLt: kernel and bias in float32, if they are trained, the input's in the format
 * of the activations, if it is needed.
 */
final class CudaDenseBackward {
    private final CudaContext context;
    private final Op op;
    private final Activations input;
    private final Activations output;
    private final @Nullable CublasProduct kernelAndBias;
    private final @Nullable CublasProduct kernelAlone;
    private final @Nullable CublasProduct data;
    private final @Nullable Segment bias; // whose gradient is needed
    private boolean fused; // whether the kernel's product gives the bias too

    CudaDenseBackward(CudaContext context, Op op, int place, Activations input, Activations output) {
        this.context = context;
        this.op = op;
        this.input = input;
        this.output = output;
        bias = op.isTrained() ? op.bias() : null;
        kernelAndBias = bias == null
                ? null
                : kernel(CublasEpilogue.BIAS_GRADIENT, context.gradients().of(bias));
        kernelAlone = op.isTrained() ? kernel(CublasEpilogue.NONE, null) : null;
        data = input.hasGradient() ? data() : null;
        if (op.isTrained()) {
            input.values().usedBackward(place);
        }
        if (bias != null) {
            context.scratch().atLeast(CudaKernels.columnSumsWorkspaceBytes(output.batch(), units()));
        }
    }

    private int inputs() {
        return input.shape().channels();
    }

    private int units() {
        return output.shape().channels();
    }

    // dW [U, K] = dy [N, U]^T x [N, K]: column after column, dW = X dY^T.
    private CublasProduct kernel(CublasEpilogue epilogue, @Nullable Pointer vector) {
        CudaFormat format = context.format();
        return new CublasProduct(
                context.cublas(),
                op.name(),
                CublasMatrix.of(format, inputs(), input.batch()),
                CublasMatrix.of(format, units(), input.batch()).transposed(),
                CublasMatrix.of(CudaFormat.FLOAT32, inputs(), units()),
                epilogue,
                vector);
    }

    // dx [N, K] = dy [N, U] W [U, K]: column after column, dX = W dY.
    private CublasProduct data() {
        CudaFormat format = context.format();
        return new CublasProduct(
                context.cublas(),
                op.name(),
                CublasMatrix.of(format, inputs(), units()),
                CublasMatrix.of(format, units(), input.batch()),
                CublasMatrix.of(format, inputs(), input.batch()),
                CublasEpilogue.NONE,
                null);
    }

    /** Description of its kernels. */
    String kernels() {
        return bias == null || fused ? "cublasLt" : "cublasLt; ours: sums";
    }

    void choose(CudaAlgorithmSelector selector) {
        if (kernelAlone != null) {
            Pointer gradient = context.gradients().of(op.kernel());
            fused = kernelAndBias != null
                    && kernelAndBias.choose(selector, input.data(), output.gradientData(), gradient);
            if (!fused) {
                kernelAlone.chooseOrFail(selector, input.data(), output.gradientData(), gradient);
            }
        }
        if (data != null) {
            data.chooseOrFail(
                    selector,
                    context.parameters().forProducts(op.kernel()),
                    output.gradientData(),
                    input.gradientData());
        }
    }

    void run() {
        CublasProduct kernel = fused ? kernelAndBias : kernelAlone;
        if (kernel != null) {
            kernel.run(input.data(), output.gradientData(), context.gradients().of(op.kernel()));
        }
        if (bias != null && !fused) {
            sum(bias);
        }
        if (data != null) {
            data.run(context.parameters().forProducts(op.kernel()), output.gradientData(), input.gradientData());
        }
    }

    private void sum(Segment biases) {
        CudaRuntime.check(
                CudaKernels.columnSums(
                        context.format().code(),
                        output.gradientData(),
                        output.batch(),
                        units(),
                        context.gradients().of(biases),
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_column_sums",
                op.name());
    }
}
