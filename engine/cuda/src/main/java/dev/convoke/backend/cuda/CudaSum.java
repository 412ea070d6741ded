package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.kernels.CudaKernels;
import java.util.List;

/** Adds up the gradients of what several layers read; forward it does nothing. */
final class CudaSum extends CudaLayer {
    private final List<Buffer> others; // the gradients that are added to that of the source

    CudaSum(CudaContext context, int place, Activations source, List<Activations> branches) {
        super(context, List.of(), place, List.of(source), source);
        others = branches.stream()
                .map(branch -> branch.gradientBuffer().usedBackward(place))
                .toList();
    }

    @Override
    public Task task() {
        return Task.SUM;
    }

    @Override
    public List<Buffer> buffers() {
        return others;
    }

    @Override
    public String forwardKernels() {
        return "nothing";
    }

    @Override
    public String backwardKernels() {
        return "ours: sum";
    }

    @Override
    public void forward() {
        // All readers share the values.
    }

    @Override
    void queueBackward() {
        for (Buffer other : others) {
            CudaRuntime.check(
                    CudaKernels.add(
                            type(),
                            output().gradientData(),
                            other.floats(),
                            output().gradientData(),
                            output().count(),
                            0,
                            context().stream()),
                    "convoke_cuda_add",
                    name());
        }
    }
}
