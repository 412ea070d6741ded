package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.Convolution;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Convolution, ReLU and 2x2 max pooling by our own kernels in one pass, in parts. Only one of the four values of a window
 * has a gradient, and only where it is positive: the backward pass visits only those.
 */
final class CpuFusedConvolution extends CpuLayer {
    private static final int FILTER_STEP = 16; // what our kernels take at a time

    private final WindowGeometry window;
    private final int algorithm;
    private final CpuPackings.Shared packed;
    private final List<CpuPackedWeights> packedWeights;
    private final FloatPointer bias; // [F]
    private final FloatPointer kernelGradient;
    private final FloatPointer biasGradient;
    private final List<CpuUpdate> updates;
    private final Buffer codes; // [N, PH, PW, F]
    private final CpuPartPointers x;
    private final CpuPartPointers y;
    private final CpuPartPointers code;
    private final @Nullable CpuPartPointers dx;
    private final @Nullable CpuPartPointers dy;
    private final @Nullable Buffer sums; // [ceil(N / group), 10, F]: of the first convolution
    private final @Nullable CpuPartPointers sum;

    /** @param ops convolution, ReLU, pooling */
    CpuFusedConvolution(
            CpuContext context, List<Op> ops, int place, WindowGeometry window, Activations input, Activations output) {
        super(context, ops, place, List.of(input), output);
        this.window = window;
        Op op = ops.get(0);
        // One for all networks of a session, which share the packed weights.
        algorithm = Kernels.fusedConvolutionForwardAlgorithm(
                context.batch(), height(), width(), channels(), filters(), window.padTop());
        packed = context.packings()
                .of(
                        op.kernel(),
                        context.parameters().of(op.kernel()),
                        Kernels.fusedConvolutionPreparedBytes(channels(), filters(), algorithm),
                        filters(),
                        (weights, from, to, copy) -> Kernels.fusedConvolutionPrepare(
                                weights, channels(), filters(), algorithm, from, to, copy));
        packedWeights = List.of(packed.weights());
        context.workspaces()
                .atLeast(Kernels.fusedConvolutionPartWorkspace(
                        input.batch(), height(), width(), channels(), filters(), window.padTop(), algorithm));
        codes = new Buffer(op.name() + " codes", output.count()).usedForward(place);
        x = CpuPartPointers.values(input, parts());
        y = CpuPartPointers.values(output, parts());
        code = CpuPartPointers.of(codes, parts(), output.shape().size());
        dx = CpuPartPointers.gradient(input, parts());
        dy = CpuPartPointers.gradient(output, parts());
        if (dy != null) {
            codes.usedBackward(place);
            input.values().usedBackward(place);
        }
        CpuBias ofBias = CpuBias.of(context, op, filters());
        bias = ofBias.values();
        biasGradient = ofBias.gradient();
        kernelGradient = context.gradients().of(op.kernel());
        sums = dy != null && op.isTrained() && channels() == 1 ? sums(place) : null;
        sum = sums == null ? null : CpuPartPointers.of(sums, parts(), (long) groupBytes() / Kernels.FUSED_GROUP);
        // The first convolution's gradients are small and combined at once.
        int step = channels() == 1 ? filters() : FILTER_STEP;
        updates = dy != null && op.isTrained()
                ? CpuFilterRanges.of(filters(), step, context.threads())
                        .updates(op, packed.weights(), context.packings(), this::backwardFilters)
                : List.of();
    }

    /** Whether our kernels support this group. */
    static boolean serves(Convolution convolution, WindowGeometry window, WindowGeometry pooling) {
        return convolution.groups(window.input().channels()) == 1
                && window.isEvenlyPadded()
                && window.size().isSquare()
                && window.is(window.size().height(), window.stride().height())
                && pooling.isUnpadded()
                && pooling.is(pooling.size().height(), pooling.stride().height())
                && Kernels.fusedConvolutionSupports(
                                window.input().channels(),
                                window.output().channels(),
                                window.size().height(),
                                window.stride().height(),
                                window.padTop(),
                                pooling.size().height(),
                                pooling.stride().height())
                        != 0;
    }

    private Buffer sums(int place) {
        int groups = (input().batch() + Kernels.FUSED_GROUP - 1) / Kernels.FUSED_GROUP;
        Buffer buffer = new Buffer(ops().get(0).name() + " gradient sums", (long) groups * groupBytes());
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
    public List<Buffer> buffers() {
        return sums == null ? List.of(codes) : List.of(codes, sums);
    }

    @Override
    public String forwardKernels() {
        return CpuKernels.own(CpuKernels.fusedForward(algorithm) + " + ReLU + pooling");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.own("sparse, over live windows");
    }

    @Override
    void forward(int part, int worker) {
        Kernels.fusedConvolutionForwardPart(
                x.floats(part),
                packed.bytes(),
                bias,
                parts().images(part),
                height(),
                width(),
                channels(),
                filters(),
                window.padTop(),
                algorithm,
                y.floats(part),
                dy == null ? null : code.bytes(part),
                context().workspaces().of(worker));
    }

    @Override
    void backwardData(int part, int worker) {
        if (dy == null) {
            return;
        }
        FloatPointer gradient = dy.floats(part);
        if (sum != null) {
            Kernels.fusedConvolutionBackwardGroups(
                    x.floats(part),
                    gradient,
                    code.bytes(part),
                    parts().images(part),
                    height(),
                    width(),
                    filters(),
                    window.padTop(),
                    sum.floats(part),
                    context().workspaces().of(worker));
        }
        if (dx != null) {
            Kernels.fusedConvolutionBackwardDataPart(
                    gradient,
                    code.bytes(part),
                    packed.bytes(),
                    parts().images(part),
                    height(),
                    width(),
                    channels(),
                    filters(),
                    window.padTop(),
                    algorithm,
                    dx.floats(part),
                    context().workspaces().of(worker));
        }
    }

    @Override
    List<CpuUpdate> updates() {
        return updates;
    }

    @Override
    List<CpuPackedWeights> packed() {
        return packedWeights;
    }

    /** Sets the gradients of filters {@code from .. to - 1}. */
    private void backwardFilters(int from, int to, int worker) {
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
                context().workspaces().of(worker));
    }

    private int filters() {
        return window.output().channels();
    }
}
