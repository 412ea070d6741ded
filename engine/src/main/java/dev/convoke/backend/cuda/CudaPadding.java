package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.WindowGeometry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a tensor with zeros around it, and the gradient of that copy: for padding that is not the same on opposite
 * sides, which cuDNN does not have.
 */
final class CudaPadding {
    private final CudaContext context;
    private final String label;
    private final CudaTensor inner;
    private final WindowGeometry window;
    private final CudaBuffer values; // [N, top + H + bottom, left + W + right, C]
    private final @Nullable CudaBuffer gradient; // the same

    CudaPadding(CudaContext context, CudaMode mode, int place, String label, WindowGeometry window, CudaTensor inner) {
        this.context = context;
        this.label = label;
        this.inner = inner;
        this.window = window;
        long bytes = (long) inner.batch()
                * height()
                * width()
                * inner.shape().channels()
                * inner.format().bytes();
        values = new CudaBuffer(label + " padded", bytes).usedForward(place);
        if (mode == CudaMode.TRAINING) {
            values.usedBackward(place);
        }
        gradient = inner.hasGradient() ? new CudaBuffer(label + " padded gradient", bytes).usedBackward(place) : null;
    }

    /** Whether {@code window} needs it. */
    static boolean isNeeded(WindowGeometry window) {
        return window.padTop() != window.padBottom() || window.padLeft() != window.padRight();
    }

    int height() {
        return window.padTop() + window.input().height() + window.padBottom();
    }

    int width() {
        return window.padLeft() + window.input().width() + window.padRight();
    }

    CudaBuffer values() {
        return values;
    }

    /** Only where the inner tensor has one. */
    CudaBuffer gradient() {
        if (gradient == null) {
            throw new IllegalStateException(label + " has no gradient of its padded input");
        }
        return gradient;
    }

    List<CudaBuffer> buffers() {
        List<CudaBuffer> buffers = new ArrayList<>(List.of(values));
        if (gradient != null) {
            buffers.add(gradient);
        }
        return buffers;
    }

    /** The tensor's values to the copy. */
    void fill() {
        CudaRuntime.check(
                CudaKernels.pad(
                        inner.format().code(),
                        inner.data(),
                        inner.batch(),
                        window.input().height(),
                        window.input().width(),
                        window.input().channels(),
                        window.padTop(),
                        window.padLeft(),
                        window.padBottom(),
                        window.padRight(),
                        values.data(),
                        context.stream()),
                "convoke_cuda_pad",
                label);
    }

    /** The copy's gradient to the tensor's. */
    void giveBack() {
        CudaRuntime.check(
                CudaKernels.crop(
                        inner.format().code(),
                        gradient().data(),
                        inner.batch(),
                        window.input().height(),
                        window.input().width(),
                        window.input().channels(),
                        window.padTop(),
                        window.padLeft(),
                        window.padBottom(),
                        window.padRight(),
                        inner.gradientData(),
                        context.stream()),
                "convoke_cuda_crop",
                label);
    }
}
