package dev.convoke.backend.cpu;

import dev.convoke.backend.DropoutMask;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import org.bytedeco.javacpp.FloatPointer;

/** Dropout by itself, in training. */
final class CpuDropout extends CpuLayer {
    private final CpuContext context;
    private final Op.Dropout op;
    private final DropoutMask mask;

    CpuDropout(CpuContext context, int place, Op.Dropout op, CpuTensor input, CpuTensor output) {
        super(place, input, output);
        this.context = context;
        this.op = op;
        mask = DropoutMask.of(context.trial().model(), op);
    }

    @Override
    String forwardKernels() {
        return CpuKernels.own("Philox mask");
    }

    @Override
    String backwardKernels() {
        return CpuKernels.own("Philox mask, drawn again");
    }

    @Override
    void forward() {
        apply(input().data(), output().data());
    }

    @Override
    void backward() {
        if (input().hasGradient()) {
            apply(output().gradientData(), input().gradientData());
        }
    }

    private void apply(FloatPointer from, FloatPointer to) {
        int folded = input().folded();
        Kernels.dropout(
                from,
                to,
                input().batch(),
                op.channels() / folded,
                op.pixels() * folded,
                context.trial().seed(),
                context.step().epoch(),
                context.step().firstPosition(),
                op.ordinal(),
                mask.threshold(),
                mask.scale(),
                context.threads());
    }
}
