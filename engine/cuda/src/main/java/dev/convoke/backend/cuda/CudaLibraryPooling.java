package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.PoolingKind;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.Op;
import java.util.List;

/** Maximum or mean over windows, by cuDNN; used with {@code --kernels library}. */
final class CudaLibraryPooling extends CudaLayer {
    private final CudnnPooling pooling;

    CudaLibraryPooling(
            CudaContext context,
            int place,
            Op op,
            PoolingKind kind,
            WindowGeometry window,
            Activations input,
            Activations output) {
        super(context, List.of(op), place, List.of(input), output);
        pooling = new CudnnPooling(context.cudnn(), op.name(), context.format(), kind, window, input.batch());
        if (output.hasGradient()) {
            input.values().usedBackward(place);
            output.values().usedBackward(place);
        }
    }

    /** Whether cuDNN has the padding of {@code window}: the same on opposite sides. */
    static boolean serves(WindowGeometry window) {
        return !CudaPadding.isNeeded(window);
    }

    @Override
    public String forwardKernels() {
        return "cuDNN";
    }

    @Override
    public String backwardKernels() {
        return "cuDNN";
    }

    @Override
    public void forward() {
        pooling.forward(input().data(), output().data());
    }

    @Override
    void queueBackward() {
        pooling.backward(input().data(), output().data(), output().gradientData(), input().gradientData());
    }
}
