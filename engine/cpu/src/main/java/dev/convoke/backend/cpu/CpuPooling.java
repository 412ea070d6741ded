package dev.convoke.backend.cpu;

import dev.convoke.backend.DeviceException;
import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.backend.graph.PoolingKind;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maximum or mean over windows. */
final class CpuPooling extends CpuLayer {
    private static final int LARGEST_WINDOW = 256; // values: a code is one byte

    private final PoolingKind kind;
    private final Kernels.PoolingShape[] shapes; // by part
    private final CpuPartPointers x;
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dx;
    private final @Nullable CpuPartPointers dy;
    private final @Nullable Buffer codes; // [N, OH, OW, C], place of each maximum in its window
    private final @Nullable CpuPartPointers code;

    CpuPooling(
            CpuContext context,
            int place,
            Op op,
            PoolingKind kind,
            WindowGeometry window,
            Activations input,
            Activations output) {
        super(context, List.of(op), place, List.of(input), output);
        this.kind = kind;
        if (kind == PoolingKind.MAXIMUM && window.size().area() > LARGEST_WINDOW) {
            throw new DeviceException("device 'cpu' pools maxima over windows of up to " + LARGEST_WINDOW
                    + " pixels, but " + op.name() + " has " + window.size()
                    + "; use global_max_pooling, or --device reference");
        }
        shapes = new Kernels.PoolingShape[parts().count()];
        for (int part = 0; part < shapes.length; part++) {
            shapes[part] = shape(context.resources(), window, parts().images(part));
        }
        x = CpuPartPointers.values(input, parts());
        y = CpuPartPointers.values(output, parts());
        dx = CpuPartPointers.gradient(input, parts());
        dy = CpuPartPointers.gradient(output, parts());
        codes = kind == PoolingKind.MAXIMUM && input.hasGradient()
                ? new Buffer(op.name() + " codes", output.count())
                        .usedForward(place)
                        .usedBackward(place)
                : null;
        code = codes == null
                ? null
                : CpuPartPointers.of(codes, parts(), output.shape().size());
    }

    private static Kernels.PoolingShape shape(CpuResources resources, WindowGeometry window, int images) {
        return resources
                .own(new Kernels.PoolingShape())
                .count(images)
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
        return CpuKernels.own("pooling");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.own("pooling");
    }

    @Override
    void forward(int part, int worker) {
        if (kind == PoolingKind.MAXIMUM) {
            Kernels.maxPoolForward(
                    shapes[part], x.floats(part), y.floats(part), code == null ? null : code.bytes(part), 1);
        } else {
            Kernels.averagePoolForward(shapes[part], x.floats(part), y.floats(part), 1);
        }
    }

    @Override
    void backwardData(int part, int worker) {
        if (dx == null || dy == null) {
            return;
        }
        if (code == null) {
            Kernels.averagePoolBackward(shapes[part], dy.floats(part), dx.floats(part), 1);
        } else {
            Kernels.maxPoolBackward(shapes[part], dy.floats(part), code.bytes(part), dx.floats(part), 1);
        }
    }
}
