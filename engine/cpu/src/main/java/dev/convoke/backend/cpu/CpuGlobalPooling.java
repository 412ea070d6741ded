package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.backend.graph.ChannelsLast;
import dev.convoke.backend.graph.PoolingKind;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Mean or maximum of each channel over all pixels. */
final class CpuGlobalPooling extends CpuLayer {
    private final PoolingKind kind;
    private final int pixels;
    private final int channels;
    private final CpuPartPointers x;
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dx;
    private final @Nullable CpuPartPointers dy;
    private final @Nullable Buffer codes; // [N, C], int32: the pixel of each maximum
    private final @Nullable CpuPartPointers code;

    CpuGlobalPooling(CpuContext context, int place, Op op, PoolingKind kind, Activations input, Activations output) {
        super(context, List.of(op), place, List.of(input), output);
        this.kind = kind;
        pixels = ChannelsLast.pixels(input.shape());
        channels = input.shape().channels();
        x = CpuPartPointers.values(input, parts());
        y = CpuPartPointers.values(output, parts());
        dx = CpuPartPointers.gradient(input, parts());
        dy = CpuPartPointers.gradient(output, parts());
        long each = (long) channels * Integer.BYTES;
        codes = kind == PoolingKind.MAXIMUM && input.hasGradient()
                ? new Buffer(op.name() + " codes", input.batch() * each)
                        .usedForward(place)
                        .usedBackward(place)
                : null;
        code = codes == null ? null : CpuPartPointers.of(codes, parts(), each);
    }

    @Override
    public List<Buffer> buffers() {
        return codes == null ? List.of() : List.of(codes);
    }

    @Override
    public String forwardKernels() {
        return CpuKernels.own("global pooling");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.own("global pooling");
    }

    @Override
    void forward(int part, int worker) {
        int images = parts().images(part);
        if (kind == PoolingKind.AVERAGE) {
            Kernels.globalAveragePoolForward(x.floats(part), images, pixels, channels, y.floats(part), 1);
        } else {
            Kernels.globalMaxPoolForward(
                    x.floats(part), images, pixels, channels, y.floats(part), code == null ? null : code.ints(part), 1);
        }
    }

    @Override
    void backwardData(int part, int worker) {
        if (dx == null || dy == null) {
            return;
        }
        int images = parts().images(part);
        if (code == null) {
            Kernels.globalAveragePoolBackward(dy.floats(part), images, pixels, channels, dx.floats(part), 1);
        } else {
            Kernels.globalMaxPoolBackward(
                    dy.floats(part), code.ints(part), images, pixels, channels, dx.floats(part), 1);
        }
    }
}
