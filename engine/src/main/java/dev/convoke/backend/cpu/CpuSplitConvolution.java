package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import dev.convoke.plan.WindowGeometry;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Convolution, ReLU and 2x2 max pooling by our own kernels in one pass, in parts. Only one of the four values of a window has
 * a gradient, and only where it is positive: the backward pass visits those alone.
 */
final class CpuSplitConvolution extends CpuLayer implements CpuSplitLayer {
    private static final int FILTER_STEP = 16; // what our kernels take at a time

    private final CpuContext context;
    private final Op.Convolution op;
    private final WindowGeometry window;
    private final int algorithm;
    private final CpuPackedWeights packed;
    private final CpuBuffer codes; // [N, PH, PW, F]
    private final CpuParts parts;
    private final CpuSplitPasses passes;
    private final CpuPieces x;
    private final CpuPieces y;
    private final CpuPieces code;
    private final @Nullable CpuPieces dx;
    private final @Nullable CpuPieces dy;
    private final @Nullable CpuBuffer sums; // [ceil(N / group), 10, F]: of the first convolution
    private final @Nullable CpuPieces sum;

    CpuSplitConvolution(
            CpuContext context, CpuMode mode, int place, Op.Convolution op, CpuTensor input, CpuTensor output) {
        super(place, input, output);
        this.context = context;
        this.op = op;
        window = op.window();
        // One for all networks of a session, which share the packed weights.
        algorithm = Kernels.fusedConvolutionForwardAlgorithm(
                context.batch(), height(), width(), channels(), filters(), window.padTop());
        packed = context.packings()
                .of(
                        op.kernel(),
                        Kernels.fusedConvolutionPreparedBytes(channels(), filters(), algorithm),
                        filters(),
                        (weights, from, to, copy) -> Kernels.fusedConvolutionPrepare(
                                weights, channels(), filters(), algorithm, from, to, copy));
        parts = CpuParts.of(input.batch(), context.threads());
        passes = new CpuSplitPasses(context, parts, this);
        context.workspaces()
                .atLeast(Kernels.fusedConvolutionPartWorkspace(
                        input.batch(), height(), width(), channels(), filters(), window.padTop(), algorithm));
        codes = new CpuBuffer(op.name() + " codes", output.count());
        codes.usedForward(place);
        x = CpuPieces.values(input, parts);
        y = CpuPieces.values(output, parts);
        code = CpuPieces.of(codes, parts, output.shape().size());
        dx = input.hasGradient() ? CpuPieces.gradient(input, parts) : null;
        dy = mode == CpuMode.TRAINING ? CpuPieces.gradient(output, parts) : null;
        sums = mode == CpuMode.TRAINING && channels() == 1 ? sums(place) : null;
        sum = sums == null ? null : CpuPieces.of(sums, parts, (long) groupBytes() / Kernels.FUSED_GROUP);
    }

    private CpuBuffer sums(int place) {
        int groups = (input().batch() + Kernels.FUSED_GROUP - 1) / Kernels.FUSED_GROUP;
        CpuBuffer buffer = new CpuBuffer(op.name() + " gradient sums", (long) groups * groupBytes());
        buffer.usedBackward(place);
        return buffer;
    }

    // Nine taps and the bias of each filter.
    private int groupBytes() {
        return 10 * filters() * Float.BYTES;
    }

    private int height() {
        return window.input().height();
    }

    private int width() {
        return window.input().width();
    }

    private int channels() {
        return window.input().channels();
    }

    @Override
    List<CpuBuffer> buffers() {
        return sums == null ? List.of(codes) : List.of(codes, sums);
    }

    @Override
    String forwardKernels() {
        return CpuKernels.own(CpuKernels.fusedForward(algorithm) + " + ReLU + pooling");
    }

    @Override
    String backwardKernels() {
        return CpuKernels.own("sparse, over live windows");
    }

    @Override
    public void forward(int part, int worker) {
        Kernels.fusedConvolutionForwardPart(
                x.floats(part),
                packed.bytes(),
                context.parameters().of(op.bias()),
                parts.images(part),
                height(),
                width(),
                channels(),
                filters(),
                window.padTop(),
                algorithm,
                y.floats(part),
                dy == null ? null : code.bytes(part),
                context.workspaces().of(worker));
    }

    @Override
    public void backwardData(int part, int worker) {
        if (dy == null) {
            throw new IllegalStateException("a network for inference has no backward pass");
        }
        FloatPointer gradient = dy.floats(part);
        if (sum != null) {
            Kernels.fusedConvolutionBackwardGroups(
                    x.floats(part),
                    gradient,
                    code.bytes(part),
                    parts.images(part),
                    height(),
                    width(),
                    filters(),
                    window.padTop(),
                    sum.floats(part),
                    context.workspaces().of(worker));
        }
        if (dx != null) {
            Kernels.fusedConvolutionBackwardDataPart(
                    gradient,
                    code.bytes(part),
                    packed.bytes(),
                    parts.images(part),
                    height(),
                    width(),
                    channels(),
                    filters(),
                    window.padTop(),
                    algorithm,
                    dx.floats(part),
                    context.workspaces().of(worker));
        }
    }

    @Override
    public void backwardFilters(int from, int to, int worker) {
        FloatPointer kernelGradient = context.gradients().of(op.kernel());
        FloatPointer biasGradient = context.gradients().of(op.bias());
        if (sums != null) {
            Kernels.fusedConvolutionCombineGroups(
                    sums.floats(), input().batch(), filters(), kernelGradient, biasGradient);
            return;
        }
        Kernels.fusedConvolutionBackwardFilters(
                input().data(),
                output().gradientData(),
                codes.bytes(),
                input().batch(),
                height(),
                width(),
                channels(),
                filters(),
                window.padTop(),
                from,
                to,
                kernelGradient,
                biasGradient,
                context.workspaces().of(worker));
    }

    @Override
    public Segment kernel() {
        return op.kernel();
    }

    @Override
    public Segment bias() {
        return op.bias();
    }

    @Override
    public int filters() {
        return window.output().channels();
    }

    // The first convolution's gradients are small and combined at once.
    @Override
    public int filterStep() {
        return channels() == 1 ? filters() : FILTER_STEP;
    }

    @Override
    public CpuPackedWeights packed() {
        return packed;
    }

    @Override
    void forward() {
        passes.forward();
    }

    @Override
    void backward() {
        passes.backward();
    }
}
