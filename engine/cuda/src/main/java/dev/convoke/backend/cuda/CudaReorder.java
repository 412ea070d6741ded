package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.CudaKernels;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** Flattened features in canonical order, and their gradient back. */
final class CudaReorder extends CudaLayer {
    private final int pixels;
    private final int channels;

    /**
     * @param folded {@code [N, pixels, channels]}
     * @param canonical {@code [N, channels, pixels]}
     */
    CudaReorder(CudaContext context, int place, Activations folded, Activations canonical) {
        super(context, List.of(), place, List.of(folded), canonical);
        pixels = folded.folded();
        channels = folded.shape().channels() / pixels;
    }

    @Override
    public Task task() {
        return Task.REORDER;
    }

    @Override
    public String forwardKernels() {
        return "ours: transpose";
    }

    @Override
    public String backwardKernels() {
        return "ours: transpose";
    }

    @Override
    public void forward() {
        transpose(input().data(), pixels, channels, output().data());
    }

    @Override
    void queueBackward() {
        transpose(output().gradientData(), channels, pixels, input().gradientData());
    }

    private void transpose(Pointer from, int rows, int columns, Pointer to) {
        CudaRuntime.check(
                CudaKernels.transposeBatch(type(), from, input().batch(), rows, columns, to, context().stream()),
                "convoke_cuda_transpose_batch",
                name());
    }
}
