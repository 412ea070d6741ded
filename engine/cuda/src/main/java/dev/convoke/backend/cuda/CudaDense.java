package dev.convoke.backend.cuda;

import dev.convoke.backend.DropoutMask;
import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer by cublasLt, with the ReLU and the dropout that may follow: bias and ReLU are epilogues of the product, and
 * the gradient of the bias one of the kernel's; bias, ReLU and dropout together are one kernel of ours.
 */
final class CudaDense extends CudaLayer {
    private final Op op;
    private final CudaReluFusion relu;
    private final @Nullable Drop drop;
    private final CublasProduct forward;
    private final @Nullable CudaDenseBackward backward; // null if no gradient is needed

    /**
     * A dropout behind the ReLU.
     *
     * @param ordinal place among the dropout layers
     */
    record Drop(int ordinal, DropoutMask mask) {}

    /**
     * @param ops the dense layer, and the ReLU and the dropout if present
     * @param drop the dropout after the ReLU, if its rate is not 0; null for none. Requires a ReLU, so that the output
     *     shows which values were kept
     */
    CudaDense(
            CudaContext context,
            List<Op> ops,
            int place,
            CudaReluFusion relu,
            @Nullable Drop drop,
            Activations input,
            Activations output) {
        super(context, ops, place, List.of(input), output);
        this.relu = relu;
        this.drop = drop;
        op = ops.get(0);
        forward = product(context);
        backward = output.hasGradient() ? new CudaDenseBackward(context, op, place, input, output) : null;
        if (output.hasGradient() && relu == CudaReluFusion.RELU) {
            output.values().usedBackward(place);
        }
    }

    // y [N, U] = x [N, K] W [U, K]^T: column after column, Y = W^T X.
    private CublasProduct product(CudaContext context) {
        CudaFormat format = context.format();
        int inputs = input().shape().channels();
        int units = output().shape().channels();
        CublasEpilogue epilogue = epilogue();
        Segment bias = epilogue.readsVector() ? op.bias() : null;
        return new CublasProduct(
                context.cublas(),
                name(),
                CublasMatrix.of(format, inputs, units).transposed(),
                CublasMatrix.of(format, inputs, input().batch()),
                CublasMatrix.of(format, units, input().batch()),
                epilogue,
                bias == null ? null : context.parameters().forProducts(bias));
    }

    private CublasEpilogue epilogue() {
        if (drop != null) {
            return CublasEpilogue.NONE;
        }
        if (op.bias() == null) {
            return relu == CudaReluFusion.RELU ? CublasEpilogue.RELU : CublasEpilogue.NONE;
        }
        return relu == CudaReluFusion.RELU ? CublasEpilogue.BIAS_RELU : CublasEpilogue.BIAS;
    }

    @Override
    public String forwardKernels() {
        return drop == null ? "cublasLt" : "cublasLt; ours: bias, ReLU, Philox mask";
    }

    @Override
    public String backwardKernels() {
        return relu.masked(backward == null ? "nothing" : backward.kernels());
    }

    @Override
    void choose(CudaAlgorithmSelector selector) {
        Pointer kernel = context().parameters().forProducts(op.kernel());
        forward.chooseOrFail(selector, kernel, input().data(), output().data());
        if (backward != null) {
            backward.choose(selector);
        }
    }

    @Override
    public void forward() {
        Pointer kernel = context().parameters().forProducts(op.kernel());
        forward.run(kernel, input().data(), output().data());
        if (drop != null) {
            apply(drop);
        }
    }

    private void apply(Drop dropout) {
        Segment bias = op.bias();
        CudaRuntime.check(
                CudaKernels.biasReluDropoutForward(
                        type(),
                        output().data(),
                        bias == null ? null : context().parameters().of(bias),
                        output().data(),
                        output().batch(),
                        output().shape().channels(),
                        context().trial().seed(),
                        context().state().device(),
                        dropout.ordinal(),
                        dropout.mask().threshold(),
                        dropout.mask().scale(),
                        context().stream()),
                "convoke_cuda_bias_relu_dropout_forward",
                name());
    }

    @Override
    void queueBackward() {
        relu.mask(context(), output(), drop == null ? 1 : drop.mask().scale(), name());
        if (backward != null) {
            backward.run();
        }
    }
}
