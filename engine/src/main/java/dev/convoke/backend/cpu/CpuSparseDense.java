package dev.convoke.backend.cpu;

import dev.convoke.backend.DropoutMask;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer by our own kernels, which skip the zeros that ReLU, pooling and dropout leave, with the ReLU and the dropout
 * that may follow.
 */
final class CpuSparseDense extends CpuLayer implements CpuSplitLayer {
    private static final int UNIT_STEP = 16; // a cache line of the packed weights

    private final CpuContext context;
    private final Op.Dense op;
    private final CpuRectifier rectifier;
    private final Op.@Nullable Dropout dropout;
    private final DropoutMask mask;
    private final CpuPackedWeights packed; // [inputs, units]
    private final CpuParts parts;
    private final CpuSplitPasses passes;
    private final CpuPieces x;
    private final CpuPieces y;
    private final @Nullable CpuPieces dx;
    private final @Nullable CpuPieces dy;

    /**
     * @param dropout what follows the ReLU; null for none. Only with a rectifier, which lets the output say what was kept
     */
    CpuSparseDense(
            CpuContext context,
            CpuMode mode,
            int place,
            Op.Dense op,
            CpuRectifier rectifier,
            Op.@Nullable Dropout dropout,
            CpuTensor input,
            CpuTensor output) {
        super(place, input, output);
        this.context = context;
        this.op = op;
        this.rectifier = rectifier;
        this.dropout = mode == CpuMode.TRAINING ? dropout : null;
        mask = this.dropout == null
                ? DropoutMask.of(0)
                : DropoutMask.of(context.trial().model(), this.dropout);
        packed = context.packings()
                .of(
                        op.kernel(),
                        Kernels.densePreparedBytes(op.inputs(), op.units()),
                        op.units(),
                        (weights, from, to, copy) ->
                                Kernels.densePrepare(weights, op.inputs(), op.units(), from, to, copy));
        context.workspaces().atLeast(Kernels.denseWorkspaceBytes(input.batch(), op.units()));
        parts = CpuParts.of(input.batch(), context.threads());
        passes = new CpuSplitPasses(context, parts, this);
        x = CpuPieces.values(input, parts);
        y = CpuPieces.values(output, parts);
        dx = input.hasGradient() ? CpuPieces.gradient(input, parts) : null;
        dy = output.hasGradient() ? CpuPieces.gradient(output, parts) : null;
    }

    @Override
    String forwardKernels() {
        String product = CpuKernels.own("dense, over what is not zero");
        return dropout == null ? product : product + "; " + CpuKernels.own("Philox mask");
    }

    @Override
    String backwardKernels() {
        return CpuKernels.masked(rectifier, CpuKernels.own("dense, over what is not zero"));
    }

    @Override
    public void forward(int part, int worker) {
        Kernels.denseForward(
                x.floats(part),
                packed.floats(),
                context.parameters().of(op.bias()),
                parts.images(part),
                op.inputs(),
                op.units(),
                rectifier == CpuRectifier.NONE ? 0 : 1,
                y.floats(part),
                context.workspaces().of(worker));
        if (dropout != null && mask.threshold() > 0) {
            drop(dropout, part);
        }
    }

    private void drop(Op.Dropout after, int part) {
        Kernels.dropout(
                y.floats(part),
                y.floats(part),
                parts.images(part),
                after.channels(),
                after.pixels(),
                context.trial().seed(),
                context.step().epoch(),
                context.step().firstPosition() + parts.from(part),
                after.ordinal(),
                mask.threshold(),
                mask.scale(),
                1);
    }

    @Override
    public void backwardData(int part, int worker) {
        if (dy == null) {
            throw new IllegalStateException("a network for inference has no backward pass");
        }
        if (rectifier == CpuRectifier.MASKS) {
            Kernels.reluDropoutBackward(
                    y.floats(part),
                    dy.floats(part),
                    dy.floats(part),
                    (long) parts.images(part) * op.units(),
                    mask.scale(),
                    1);
        }
        if (dx != null) {
            Kernels.denseBackwardData(
                    dy.floats(part),
                    context.parameters().of(op.kernel()),
                    parts.images(part),
                    op.inputs(),
                    op.units(),
                    dx.floats(part));
        }
    }

    @Override
    public void backwardFilters(int from, int to, int worker) {
        Kernels.denseBackwardUnits(
                input().data(),
                output().gradientData(),
                input().batch(),
                op.inputs(),
                op.units(),
                from,
                to,
                context.gradients().of(op.kernel()),
                context.gradients().of(op.bias()),
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
        return op.units();
    }

    @Override
    public int filterStep() {
        return UNIT_STEP;
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
