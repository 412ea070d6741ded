package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.model.Convolution;
import dev.convoke.model.Role;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Convolution of one channel, bias, ReLU and 2x2 max pooling by our own kernels in one pass. Only one of the four values of
 * a window has a gradient, and only where it is positive: the backward pass visits only those.
 */
final class CudaFirstConvolution extends CudaLayer {
    private static final Set<Integer> FILTERS = Set.of(8, 16, 32, 64, 128);
    private static final int SIDE = 3; // of the window
    private static final int LARGEST_WIDTH = 512;

    private final WindowGeometry window;
    private final Segment kernel;
    private final Segment bias;
    private final @Nullable Buffer codes; // [N, PH, PW, F]; null if no gradient is needed

    /** @param ops convolution, ReLU, pooling */
    CudaFirstConvolution(
            CudaContext context,
            List<Op> ops,
            int place,
            WindowGeometry window,
            Activations input,
            Activations output) {
        super(context, ops, place, List.of(input), output);
        this.window = window;
        kernel = ops.get(0).kernel();
        bias = ops.get(0).segment(Role.BIAS);
        if (output.hasGradient()) {
            codes = new Buffer(name() + " codes", output.count())
                    .usedForward(place)
                    .usedBackward(place);
            input.values().usedBackward(place);
            context.scratch()
                    .atLeast(CudaKernels.firstConvolutionWorkspaceBytes(
                            input.batch(), height(), width(), filters(), pad()));
        } else {
            codes = null;
        }
    }

    /**
     * Whether our kernels support a convolution with ReLU and a pooling that {@link CudaConvolutionPooling} supports.
     *
     * @param window of the convolution
     */
    static boolean serves(Convolution convolution, WindowGeometry window, Activations input) {
        return !input.hasGradient()
                && convolution.hasBias()
                && window.input().channels() == 1
                && window.is(SIDE, 1)
                && window.isEvenlyPadded()
                && window.padTop() <= 1
                && window.input().width() <= LARGEST_WIDTH
                && FILTERS.contains(window.output().channels());
    }

    private int height() {
        return window.input().height();
    }

    private int width() {
        return window.input().width();
    }

    private int filters() {
        return window.output().channels();
    }

    private int pad() {
        return window.padTop();
    }

    @Override
    public String forwardKernels() {
        return "ours: one-channel convolution, ReLU, pooling";
    }

    @Override
    public String backwardKernels() {
        return forwardKernels();
    }

    @Override
    public List<Buffer> buffers() {
        return codes == null ? List.of() : List.of(codes);
    }

    @Override
    public void forward() {
        CudaRuntime.check(
                CudaKernels.firstConvolutionForward(
                        type(),
                        input().data(),
                        context().parameters().of(kernel),
                        context().parameters().of(bias),
                        input().batch(),
                        height(),
                        width(),
                        filters(),
                        pad(),
                        output().data(),
                        codes == null ? null : codes.bytes(),
                        context().stream()),
                "convoke_cuda_first_convolution_forward",
                name());
    }

    @Override
    void queueBackward() {
        if (codes == null) {
            return;
        }
        CudaRuntime.check(
                CudaKernels.firstConvolutionBackward(
                        type(),
                        input().data(),
                        output().gradientData(),
                        codes.bytes(),
                        input().batch(),
                        height(),
                        width(),
                        filters(),
                        pad(),
                        context().gradients().of(kernel),
                        context().gradients().of(bias),
                        context().scratch().data(),
                        context().state().device(),
                        context().stream()),
                "convoke_cuda_first_convolution_backward",
                name());
    }
}
