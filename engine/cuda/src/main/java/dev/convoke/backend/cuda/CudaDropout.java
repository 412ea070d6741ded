package dev.convoke.backend.cuda;

import dev.convoke.backend.DropoutMask;
import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.ChannelsLast;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.model.Dropout;
import dev.convoke.plan.Op;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** Dropout by itself, in training. The mask is worked out again in the backward pass, never stored. */
final class CudaDropout extends CudaLayer {
    private final int ordinal;
    private final DropoutMask mask;

    CudaDropout(CudaContext context, int place, Op op, Dropout layer, Activations input, Activations output) {
        super(context, List.of(op), place, List.of(input), output);
        ordinal = op.ordinal();
        mask = DropoutMask.of(layer.rate());
    }

    @Override
    public String forwardKernels() {
        return "ours: Philox mask";
    }

    @Override
    public String backwardKernels() {
        return "ours: Philox mask, drawn again";
    }

    @Override
    public void forward() {
        apply(input().data(), output().data());
    }

    @Override
    void queueBackward() {
        apply(output().gradientData(), input().gradientData());
    }

    private void apply(Pointer from, Pointer to) {
        int folded = input().folded();
        CudaRuntime.check(
                CudaKernels.dropout(
                        type(),
                        from,
                        to,
                        input().batch(),
                        input().shape().channels() / folded,
                        ChannelsLast.pixels(input().shape()) * folded,
                        context().trial().seed(),
                        context().state().device(),
                        ordinal,
                        mask.threshold(),
                        mask.scale(),
                        context().stream()),
                "convoke_cuda_dropout",
                name());
    }
}
