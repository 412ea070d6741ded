package dev.convoke.backend.cpu;

import dev.convoke.backend.DropoutMask;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import org.jspecify.annotations.Nullable;

/** A dense layer by oneDNN, with the ReLU and the dropout that may follow. */
final class CpuDense extends CpuLayer {
    private final CpuContext context;
    private final CpuRectifier rectifier;
    private final Op.@Nullable Dropout dropout;
    private final DropoutMask mask;
    private final CpuAffine affine;

    /**
     * @param dropout what follows the ReLU; null for none. Only with a rectifier, which lets the output say what was kept
     */
    CpuDense(
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
        this.rectifier = rectifier;
        this.dropout = mode == CpuMode.TRAINING ? dropout : null;
        mask = this.dropout == null
                ? DropoutMask.of(0)
                : DropoutMask.of(context.trial().model(), this.dropout);
        DnnlInnerProduct product = new DnnlInnerProduct(context.engine(), op, input.batch(), context.operands());
        affine = new CpuAffine(context, mode, product, rectifier, op.kernel(), op.bias(), input, output);
        if (mode == CpuMode.TRAINING) {
            input.values().usedBackward(place);
            if (rectifier == CpuRectifier.MASKS) {
                output.values().usedBackward(place);
            }
        }
    }

    @Override
    String forwardKernels() {
        return dropout == null
                ? affine.forwardKernels()
                : affine.forwardKernels() + "; " + CpuKernels.own("Philox mask");
    }

    @Override
    String backwardKernels() {
        return CpuKernels.masked(rectifier, affine.backwardKernels());
    }

    @Override
    void forward() {
        affine.forward();
        if (dropout != null && mask.threshold() > 0) {
            Kernels.dropout(
                    output().data(),
                    output().data(),
                    output().batch(),
                    dropout.channels(),
                    dropout.pixels(),
                    context.trial().seed(),
                    context.step().epoch(),
                    context.step().firstPosition(),
                    dropout.ordinal(),
                    mask.threshold(),
                    mask.scale(),
                    context.threads());
        }
    }

    @Override
    void backward() {
        if (rectifier == CpuRectifier.MASKS) {
            Kernels.reluDropoutBackward(
                    output().data(),
                    output().gradientData(),
                    output().gradientData(),
                    output().count(),
                    mask.scale(),
                    context.threads());
        }
        affine.backward();
    }
}
