package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** The channels of several layers one after the other. */
final class CudaConcatenate extends CudaLayer {
    CudaConcatenate(CudaContext context, int place, Op op, List<Activations> inputs, Activations output) {
        super(context, List.of(op), place, inputs, output);
    }

    @Override
    public String forwardKernels() {
        return "ours: copies";
    }

    @Override
    public String backwardKernels() {
        return "ours: copies";
    }

    @Override
    public void forward() {
        int all = output().shape().channels();
        int at = 0;
        for (Activations input : inputs()) {
            int channels = input.shape().channels();
            copy(input.data(), channels, 0, output().data(), all, at, channels);
            at += channels;
        }
    }

    @Override
    void queueBackward() {
        int all = output().shape().channels();
        int at = 0;
        for (Activations input : inputs()) {
            int channels = input.shape().channels();
            if (input.hasGradient()) {
                copy(output().gradientData(), all, at, input.gradientData(), channels, 0, channels);
            }
            at += channels;
        }
    }

    private void copy(
            Pointer from, int fromChannels, int fromFirst, Pointer to, int toChannels, int toFirst, int channels) {
        CudaRuntime.check(
                CudaKernels.copyChannels(
                        type(),
                        from,
                        fromChannels,
                        fromFirst,
                        to,
                        toChannels,
                        toFirst,
                        output().rows(),
                        channels,
                        context().stream()),
                "convoke_cuda_copy_channels",
                name());
    }
}
