package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds up the gradients of what several layers read; forward it does nothing. */
final class CpuSum extends CpuLayer {
    private final List<Buffer> buffers = new ArrayList<>();
    private final List<CpuPartPointers> others = new ArrayList<>();
    private final @Nullable CpuPartPointers sum;

    CpuSum(CpuContext context, int place, Activations source, List<Activations> branches) {
        super(context, List.of(), place, List.of(source), source);
        sum = CpuPartPointers.gradient(source, parts());
        for (Activations branch : branches) {
            Buffer gradient = branch.gradientBuffer().usedBackward(place);
            buffers.add(gradient);
            others.add(
                    CpuPartPointers.of(gradient, parts(), (long) source.shape().size() * Float.BYTES));
        }
    }

    @Override
    public Task task() {
        return Task.SUM;
    }

    @Override
    public List<Buffer> buffers() {
        return buffers;
    }

    @Override
    public String forwardKernels() {
        return "nothing";
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.own("sum");
    }

    @Override
    void forward(int part, int worker) {
        // All readers share the values.
    }

    @Override
    void backwardData(int part, int worker) {
        if (sum != null) {
            long count = (long) parts().images(part) * output().shape().size();
            for (int i = 0; i < others.size(); i++) {
                Kernels.add(sum.floats(part), others.get(i).floats(part), sum.floats(part), count, 0, 1);
            }
        }
    }
}
