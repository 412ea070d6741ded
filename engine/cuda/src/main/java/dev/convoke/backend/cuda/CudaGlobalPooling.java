package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.backend.graph.ChannelsLast;
import dev.convoke.backend.graph.PoolingKind;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Op;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maximum or mean of each channel of an image. */
final class CudaGlobalPooling extends CudaLayer {
    private final PoolingKind kind;
    private final int pixels;
    private final int channels;
    private final @Nullable Buffer codes; // [N, C], int32: the pixel of each maximum

    CudaGlobalPooling(CudaContext context, int place, Op op, PoolingKind kind, Activations input, Activations output) {
        super(context, List.of(op), place, List.of(input), output);
        this.kind = kind;
        pixels = ChannelsLast.pixels(input.shape());
        channels = input.shape().channels();
        codes = kind == PoolingKind.MAXIMUM && input.hasGradient()
                ? new Buffer(op.name() + " codes", output.count() * Integer.BYTES)
                        .usedForward(place)
                        .usedBackward(place)
                : null;
    }

    @Override
    public List<Buffer> buffers() {
        return codes == null ? List.of() : List.of(codes);
    }

    @Override
    public String forwardKernels() {
        return "ours: global pooling";
    }

    @Override
    public String backwardKernels() {
        return "ours: global pooling";
    }

    @Override
    public void forward() {
        if (kind == PoolingKind.AVERAGE) {
            CudaRuntime.check(
                    CudaKernels.globalAveragePoolForward(
                            type(),
                            input().data(),
                            input().batch(),
                            pixels,
                            channels,
                            output().data(),
                            context().stream()),
                    "convoke_cuda_global_average_pool_forward",
                    name());
        } else {
            CudaRuntime.check(
                    CudaKernels.globalMaxPoolForward(
                            type(),
                            input().data(),
                            input().batch(),
                            pixels,
                            channels,
                            output().data(),
                            codes == null ? null : codes.bytes(),
                            context().stream()),
                    "convoke_cuda_global_max_pool_forward",
                    name());
        }
    }

    @Override
    void queueBackward() {
        if (codes == null) {
            CudaRuntime.check(
                    CudaKernels.globalAveragePoolBackward(
                            type(),
                            output().gradientData(),
                            input().batch(),
                            pixels,
                            channels,
                            input().gradientData(),
                            context().stream()),
                    "convoke_cuda_global_average_pool_backward",
                    name());
        } else {
            CudaRuntime.check(
                    CudaKernels.globalMaxPoolBackward(
                            type(),
                            output().gradientData(),
                            codes.bytes(),
                            input().batch(),
                            pixels,
                            channels,
                            input().gradientData(),
                            context().stream()),
                    "convoke_cuda_global_max_pool_backward",
                    name());
        }
    }
}
