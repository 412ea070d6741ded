package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.ChannelsLast;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The channels of several layers one after the other. */
final class CpuConcatenate extends CpuLayer {
    private final List<CpuPartPointers> x = new ArrayList<>();
    private final List<@Nullable CpuPartPointers> dx = new ArrayList<>();
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dy;
    private final int pixels;

    CpuConcatenate(CpuContext context, int place, Op op, List<Activations> inputs, Activations output) {
        super(context, List.of(op), place, inputs, output);
        for (Activations input : inputs) {
            x.add(CpuPartPointers.values(input, parts()));
            dx.add(CpuPartPointers.gradient(input, parts()));
        }
        y = CpuPartPointers.values(output, parts());
        dy = CpuPartPointers.gradient(output, parts());
        pixels = ChannelsLast.pixels(output.shape());
    }

    @Override
    public String forwardKernels() {
        return CpuKernels.own("copies");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.own("copies");
    }

    @Override
    void forward(int part, int worker) {
        int all = output().shape().channels();
        int at = 0;
        for (int i = 0; i < x.size(); i++) {
            int channels = inputs().get(i).shape().channels();
            Kernels.copyChannels(x.get(i).floats(part), channels, 0, y.floats(part), all, at, rows(part), channels, 1);
            at += channels;
        }
    }

    @Override
    void backwardData(int part, int worker) {
        int all = output().shape().channels();
        int at = 0;
        for (int i = 0; i < x.size(); i++) {
            int channels = inputs().get(i).shape().channels();
            CpuPartPointers gradient = dx.get(i);
            if (gradient != null && dy != null) {
                Kernels.copyChannels(
                        dy.floats(part), all, at, gradient.floats(part), channels, 0, rows(part), channels, 1);
            }
            at += channels;
        }
    }

    private long rows(int part) {
        return (long) parts().images(part) * pixels;
    }
}
