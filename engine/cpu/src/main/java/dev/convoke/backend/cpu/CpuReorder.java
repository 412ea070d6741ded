package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.Kernels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Flattened features in canonical order, and their gradient back. */
final class CpuReorder extends CpuLayer {
    private final int pixels;
    private final int channels;
    private final CpuPartPointers x; // [N, pixels, channels]
    private final CpuPartPointers y; // [N, channels, pixels]
    private final @Nullable CpuPartPointers dx;
    private final @Nullable CpuPartPointers dy;

    CpuReorder(CpuContext context, int place, Activations folded, Activations canonical) {
        super(context, List.of(), place, List.of(folded), canonical);
        pixels = folded.folded();
        channels = folded.shape().channels() / pixels;
        x = CpuPartPointers.values(folded, parts());
        y = CpuPartPointers.values(canonical, parts());
        dx = CpuPartPointers.gradient(folded, parts());
        dy = CpuPartPointers.gradient(canonical, parts());
    }

    @Override
    public Task task() {
        return Task.REORDER;
    }

    @Override
    public String forwardKernels() {
        return CpuKernels.own("transpose");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.own("transpose");
    }

    @Override
    void forward(int part, int worker) {
        Kernels.transposeBatch(x.floats(part), parts().images(part), pixels, channels, y.floats(part), 1);
    }

    @Override
    void backwardData(int part, int worker) {
        if (dx != null && dy != null) {
            Kernels.transposeBatch(dy.floats(part), parts().images(part), channels, pixels, dx.floats(part), 1);
        }
    }
}
