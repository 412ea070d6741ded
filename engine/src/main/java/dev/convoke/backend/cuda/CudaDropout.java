package dev.convoke.backend.cuda;

import dev.convoke.backend.DropoutMask;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import org.bytedeco.javacpp.Pointer;

/** Dropout by itself, in training. The mask is worked out again in the backward pass, never stored. */
final class CudaDropout extends CudaLayer {
    private final CudaContext context;
    private final Op.Dropout op;
    private final DropoutMask mask;

    CudaDropout(CudaContext context, int place, Op.Dropout op, CudaTensor input, CudaTensor output) {
        super(op.name(), place, input, output);
        this.context = context;
        this.op = op;
        mask = DropoutMask.of(context.trial().model(), op);
    }

    @Override
    String kernels() {
        return "our kernel";
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

    private void apply(Pointer from, Pointer to) {
        int folded = input().folded();
        CudaRuntime.check(
                CudaKernels.dropout(
                        input().format().code(),
                        from,
                        to,
                        input().batch(),
                        op.channels() / folded,
                        op.pixels() * folded,
                        context.trial().seed(),
                        context.state().device(),
                        op.ordinal(),
                        mask.threshold(),
                        mask.scale(),
                        context.stream()),
                "convoke_cuda_dropout",
                name());
    }
}
