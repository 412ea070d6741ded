package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.backend.graph.PoolingKind;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maximum or mean over windows, by our kernels: any padding, and the same bits every time. */
final class CudaPooling extends CudaLayer {
    private static final int LARGEST_WINDOW = 256; // values: a code is one byte

    private final Kernels.PoolingShape shape;
    private final PoolingKind kind;
    private final @Nullable Buffer codes; // [N, OH, OW, C], place of each maximum in its window

    CudaPooling(
            CudaContext context,
            int place,
            Op op,
            PoolingKind kind,
            WindowGeometry window,
            Activations input,
            Activations output) {
        super(context, List.of(op), place, List.of(input), output);
        this.kind = kind;
        if (kind == PoolingKind.MAXIMUM && window.size().area() > LARGEST_WINDOW) {
            throw new DeviceException("device 'cuda' pools maxima over windows of up to " + LARGEST_WINDOW
                    + " pixels, but " + op.name() + " has " + window.size()
                    + "; use global_max_pooling, or --device reference");
        }
        shape = shape(context.resources(), window, input.batch());
        codes = kind == PoolingKind.MAXIMUM && input.hasGradient()
                ? new Buffer(op.name() + " codes", output.count())
                        .usedForward(place)
                        .usedBackward(place)
                : null;
    }

    private static Kernels.PoolingShape shape(CudaResources resources, WindowGeometry window, int batch) {
        return resources
                .own(new Kernels.PoolingShape())
                .count(batch)
                .height(window.input().height())
                .width(window.input().width())
                .channels(window.input().channels())
                .outputHeight(window.output().height())
                .outputWidth(window.output().width())
                .windowHeight(window.size().height())
                .windowWidth(window.size().width())
                .strideHeight(window.stride().height())
                .strideWidth(window.stride().width())
                .padTop(window.padTop())
                .padLeft(window.padLeft());
    }

    @Override
    public List<Buffer> buffers() {
        return codes == null ? List.of() : List.of(codes);
    }

    @Override
    public String forwardKernels() {
        return "ours: pooling";
    }

    @Override
    public String backwardKernels() {
        return "ours: pooling";
    }

    @Override
    public void forward() {
        if (kind == PoolingKind.MAXIMUM) {
            CudaRuntime.check(
                    CudaKernels.maxPoolForward(
                            type(),
                            shape,
                            input().data(),
                            output().data(),
                            codes == null ? null : codes.bytes(),
                            context().stream()),
                    "convoke_cuda_max_pool_forward",
                    name());
        } else {
            CudaRuntime.check(
                    CudaKernels.averagePoolForward(type(), shape, input().data(), output().data(), context().stream()),
                    "convoke_cuda_average_pool_forward",
                    name());
        }
    }

    @Override
    void queueBackward() {
        if (codes != null) {
            CudaRuntime.check(
                    CudaKernels.maxPoolBackward(
                            type(),
                            shape,
                            output().gradientData(),
                            codes.bytes(),
                            input().gradientData(),
                            context().stream()),
                    "convoke_cuda_max_pool_backward",
                    name());
        } else {
            CudaRuntime.check(
                    CudaKernels.averagePoolBackward(
                            type(), shape, output().gradientData(), input().gradientData(), context().stream()),
                    "convoke_cuda_average_pool_backward",
                    name());
        }
    }
}
