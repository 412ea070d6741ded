package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import dev.convoke.plan.WindowGeometry;
import java.util.List;
import java.util.Set;

/**
 * Convolution of one channel, bias, ReLU and 2x2 max pooling by our own kernels in one pass. Only one of the four values of a
 * window has a gradient, and only where it is positive: the backward pass visits those alone.
 */
final class CudaFirstConvolution extends CudaLayer {
    private static final Set<Integer> FILTERS = Set.of(8, 16, 32, 64, 128);
    private static final int LARGEST_WIDTH = 512;

    private final CudaContext context;
    private final CudaMode mode;
    private final Op.Convolution op;
    private final CudaBuffer codes; // [N, PH, PW, F]

    CudaFirstConvolution(
            CudaContext context,
            CudaMode mode,
            String name,
            int place,
            Op.Convolution op,
            CudaTensor input,
            CudaTensor output) {
        super(name, place, input, output);
        this.context = context;
        this.mode = mode;
        this.op = op;
        codes = new CudaBuffer(name + " codes", output.count()).usedForward(place);
        if (mode == CudaMode.TRAINING) {
            codes.usedBackward(place);
            input.values().usedBackward(place);
            context.scratch()
                    .atLeast(CudaKernels.firstConvolutionWorkspaceBytes(
                            input.batch(), height(), width(), filters(), pad()));
        }
    }

    /** Whether our kernels serve this group. */
    static boolean serves(Op.Convolution convolution, Op.Pooling pooling, CudaTensor input) {
        WindowGeometry window = convolution.window();
        int filters = window.output().channels();
        boolean evenPadding = window.padTop() <= 1
                && window.padTop() == window.padBottom()
                && window.padTop() == window.padLeft()
                && window.padTop() == window.padRight();
        return CudaConvolutionPooling.serves(pooling)
                && !input.hasGradient()
                && window.input().channels() == 1
                && window.size() == 3
                && window.stride() == 1
                && evenPadding
                && window.input().width() <= LARGEST_WIDTH
                && FILTERS.contains(filters);
    }

    private int height() {
        return op.window().input().height();
    }

    private int width() {
        return op.window().input().width();
    }

    private int filters() {
        return op.window().output().channels();
    }

    private int pad() {
        return op.window().padTop();
    }

    @Override
    String kernels() {
        return "our kernel";
    }

    @Override
    List<CudaBuffer> buffers() {
        return List.of(codes);
    }

    @Override
    void forward() {
        CudaRuntime.check(
                CudaKernels.firstConvolutionForward(
                        input().format().code(),
                        input().data(),
                        context.parameters().of(op.kernel()),
                        context.parameters().of(op.bias()),
                        input().batch(),
                        height(),
                        width(),
                        filters(),
                        pad(),
                        output().data(),
                        mode == CudaMode.TRAINING ? codes.data() : null,
                        context.stream()),
                "convoke_cuda_first_convolution_forward",
                name());
    }

    @Override
    void backward() {
        CudaRuntime.check(
                CudaKernels.firstConvolutionBackward(
                        input().format().code(),
                        input().data(),
                        output().gradientData(),
                        codes.data(),
                        input().batch(),
                        height(),
                        width(),
                        filters(),
                        pad(),
                        context.gradients().of(op.kernel()),
                        context.gradients().of(op.bias()),
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_first_convolution_backward",
                name());
    }
}
