package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import dev.convoke.plan.WindowGeometry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maximum or mean over windows, by our kernels: any padding, and the same bits every time. */
final class CudaPooling extends CudaLayer {
    private static final int LARGEST_WINDOW = 16; // rows and columns: a code is one byte

    private final CudaContext context;
    private final Kernels.PoolingShape shape;
    private final Op.PoolingKind kind;
    private final @Nullable CudaBuffer codes; // [N, OH, OW, C], place of each maximum in its window

    CudaPooling(CudaContext context, int place, Op.Pooling op, CudaTensor input, CudaTensor output) {
        super(op.name(), place, input, output);
        this.context = context;
        kind = op.kind();
        if (kind == Op.PoolingKind.MAXIMUM && op.window().size() > LARGEST_WINDOW) {
            throw new DeviceException("device 'cuda' pools maxima over windows of up to " + LARGEST_WINDOW + "x"
                    + LARGEST_WINDOW + ", but " + op.name() + " has "
                    + op.window().size() + "x"
                    + op.window().size() + "; use --device reference");
        }
        shape = shape(context.resources(), op.window(), input.batch());
        codes = kind == Op.PoolingKind.MAXIMUM && input.hasGradient()
                ? new CudaBuffer(op.name() + " codes", output.count())
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
                .windowHeight(window.size())
                .windowWidth(window.size())
                .strideHeight(window.stride())
                .strideWidth(window.stride())
                .padTop(window.padTop())
                .padLeft(window.padLeft());
    }

    @Override
    String kernels() {
        return "our kernel";
    }

    @Override
    List<CudaBuffer> buffers() {
        return codes == null ? List.of() : List.of(codes);
    }

    @Override
    void forward() {
        int type = input().format().code();
        if (kind == Op.PoolingKind.MAXIMUM) {
            CudaRuntime.check(
                    CudaKernels.maxPoolForward(
                            type,
                            shape,
                            input().data(),
                            output().data(),
                            codes == null ? null : codes.data(),
                            context.stream()),
                    "convoke_cuda_max_pool_forward",
                    name());
        } else {
            CudaRuntime.check(
                    CudaKernels.averagePoolForward(type, shape, input().data(), output().data(), context.stream()),
                    "convoke_cuda_average_pool_forward",
                    name());
        }
    }

    @Override
    void backward() {
        int type = input().format().code();
        if (codes != null) {
            CudaRuntime.check(
                    CudaKernels.maxPoolBackward(
                            type,
                            shape,
                            output().gradientData(),
                            codes.data(),
                            input().gradientData(),
                            context.stream()),
                    "convoke_cuda_max_pool_backward",
                    name());
        } else if (input().hasGradient()) {
            CudaRuntime.check(
                    CudaKernels.averagePoolBackward(
                            type, shape, output().gradientData(), input().gradientData(), context.stream()),
                    "convoke_cuda_average_pool_backward",
                    name());
        }
    }
}
