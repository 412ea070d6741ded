package dev.convoke.backend.cpu;

import dev.convoke.backend.DeviceException;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import dev.convoke.plan.WindowGeometry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maximum or mean over windows. */
final class CpuPooling extends CpuLayer {
    private static final int LARGEST_WINDOW = 16; // rows and columns: a code is one byte

    private final Kernels.PoolingShape shape;
    private final Op.PoolingKind kind;
    private final @Nullable CpuBuffer codes; // [N, OH, OW, C], place of each maximum in its window
    private final int threads;

    CpuPooling(CpuContext context, int place, Op.Pooling op, CpuTensor input, CpuTensor output) {
        super(place, input, output);
        kind = op.kind();
        if (kind == Op.PoolingKind.MAXIMUM && op.window().size() > LARGEST_WINDOW) {
            throw new DeviceException("device 'cpu' pools maxima over windows of up to " + LARGEST_WINDOW + "x"
                    + LARGEST_WINDOW + ", but " + op.name() + " has "
                    + op.window().size() + "x"
                    + op.window().size() + "; use --device reference");
        }
        threads = context.threads();
        shape = shape(context.resources(), op.window(), input.batch());
        codes = kind == Op.PoolingKind.MAXIMUM && input.hasGradient()
                ? new CpuBuffer(op.name() + " codes", output.count())
                : null;
        if (codes != null) {
            codes.usedForward(place);
            codes.usedBackward(place);
        }
    }

    private static Kernels.PoolingShape shape(CpuResources resources, WindowGeometry window, int batch) {
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
    List<CpuBuffer> buffers() {
        return codes == null ? List.of() : List.of(codes);
    }

    @Override
    String forwardKernels() {
        return CpuKernels.own("pooling");
    }

    @Override
    String backwardKernels() {
        return CpuKernels.own("pooling");
    }

    @Override
    void forward() {
        if (kind == Op.PoolingKind.MAXIMUM) {
            Kernels.maxPoolForward(
                    shape, input().data(), output().data(), codes == null ? null : codes.bytes(), threads);
        } else {
            Kernels.averagePoolForward(shape, input().data(), output().data(), threads);
        }
    }

    @Override
    void backward() {
        if (codes != null) {
            Kernels.maxPoolBackward(shape, output().gradientData(), codes.bytes(), input().gradientData(), threads);
        } else if (input().hasGradient()) {
            Kernels.averagePoolBackward(shape, output().gradientData(), input().gradientData(), threads);
        }
    }
}
