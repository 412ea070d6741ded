package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolution by cuDNN, then bias, ReLU and 2x2 max pooling by one kernel of ours. The pooling's codes say where a gradient
 * goes, and where ReLU lets none through: the values between convolution and pooling are not kept.
 */
final class CudaConvolutionPooling extends CudaLayer {
    private static final int SIDE = 2; // of the pooling's window, and its stride

    private final Op op; // the convolution
    private final Activations inner; // the convolution's, [N, H, W, F]
    private final CudaConvolutionPasses passes;
    private final @Nullable Buffer codes; // [N, H / 2, W / 2, F]; null if no gradient is needed

    /**
     * @param ops convolution, ReLU, pooling
     * @param inner the tensor between convolution and pooling
     */
    CudaConvolutionPooling(
            CudaContext context, List<Op> ops, int place, Activations input, Activations inner, Activations output) {
        super(context, ops, place, List.of(input), output);
        this.inner = inner;
        op = ops.get(0);
        passes = new CudaConvolutionPasses(context, place, op, input, inner);
        inner.values().usedForward(place);
        if (output.hasGradient()) {
            inner.gradientBuffer().usedBackward(place);
            codes = new Buffer(name() + " codes", output.count())
                    .usedForward(place)
                    .usedBackward(place);
            context.scratch()
                    .atLeast(CudaKernels.reluMaxPoolWorkspaceBytes(
                            inner.batch(),
                            inner.shape().height(),
                            inner.shape().width(),
                            inner.shape().channels()));
        } else {
            codes = null;
        }
    }

    /** Whether our kernel supports {@code pooling} of images of {@code input}. */
    static boolean serves(Layer pooling, ImageShape input) {
        if (!(pooling instanceof MaxPooling layer)) {
            return false;
        }
        WindowGeometry window = layer.over(input);
        return window.is(SIDE, SIDE) && window.isUnpadded();
    }

    @Override
    public String forwardKernels() {
        return "cuDNN; ours: ReLU, pooling";
    }

    @Override
    public String backwardKernels() {
        return "ours: pooling, ReLU; cuDNN";
    }

    @Override
    public List<Buffer> buffers() {
        List<Buffer> buffers = new ArrayList<>(passes.buffers());
        buffers.addAll(inner.buffers());
        if (codes != null) {
            buffers.add(codes);
        }
        return buffers;
    }

    @Override
    void choose(CudaAlgorithmSelector selector) {
        passes.choose(selector);
    }

    @Override
    public void forward() {
        passes.forward();
        ImageShape shape = inner.shape();
        Segment bias = op.bias();
        CudaRuntime.check(
                CudaKernels.reluMaxPoolForward(
                        type(),
                        inner.data(),
                        bias == null ? null : context().parameters().of(bias),
                        inner.batch(),
                        shape.height(),
                        shape.width(),
                        shape.channels(),
                        output().data(),
                        codes == null ? null : codes.bytes(),
                        context().stream()),
                "convoke_cuda_relu_max_pool_forward",
                name());
    }

    @Override
    void queueBackward() {
        if (codes == null) {
            return;
        }
        ImageShape shape = inner.shape();
        Segment bias = op.isTrained() ? op.bias() : null;
        CudaRuntime.check(
                CudaKernels.reluMaxPoolBackward(
                        type(),
                        output().gradientData(),
                        codes.bytes(),
                        inner.batch(),
                        shape.height(),
                        shape.width(),
                        shape.channels(),
                        inner.gradientData(),
                        bias == null ? null : context().gradients().of(bias),
                        context().scratch().data(),
                        context().state().device(),
                        context().stream()),
                "convoke_cuda_relu_max_pool_backward",
                name());
        passes.backwardProducts();
    }
}
