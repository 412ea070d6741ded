package dev.convoke.backend.cuda;

import dev.convoke.plan.Op;
import dev.convoke.plan.WindowGeometry;

/** Maximum or mean over windows, by cuDNN; for who wants the library throughout. */
final class CudaLibraryPooling extends CudaLayer {
    private final CudnnPooling pooling;

    CudaLibraryPooling(CudaContext context, int place, Op.Pooling op, CudaTensor input, CudaTensor output) {
        super(op.name(), place, input, output);
        pooling = new CudnnPooling(context.cudnn(), op, input, output);
        if (input.hasGradient()) {
            input.values().usedBackward(place);
            output.values().usedBackward(place);
        }
    }

    /** Whether cuDNN has the padding of {@code window}: the same on opposite sides. */
    static boolean serves(WindowGeometry window) {
        return window.padTop() == window.padBottom() && window.padLeft() == window.padRight();
    }

    @Override
    String kernels() {
        return "cuDNN";
    }

    @Override
    void forward() {
        pooling.forward(input().data(), output().data());
    }

    @Override
    void backward() {
        if (input().hasGradient()) {
            pooling.backward(input().data(), output().data(), output().gradientData(), input().gradientData());
        }
    }
}
