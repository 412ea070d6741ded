package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.model.WindowGeometry;
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
    private final Activations inner;
    private final WindowGeometry window;
    private final Buffer values; // [N, top + H + bottom, left + W + right, C]
    private final @Nullable Buffer gradient; // the same

    /** @param isReadAgain whether the backward pass reads the copy */
    CudaPadding(
            CudaContext context,
            int place,
            String label,
            WindowGeometry window,
            Activations inner,
            boolean isReadAgain) {
        this.context = context;
        this.label = label;
        this.inner = inner;
        this.window = window;
        long bytes = (long) inner.batch() * height() * width() * inner.shape().channels() * inner.valueBytes();
        values = new Buffer(label + " padded", bytes).usedForward(place);
        if (isReadAgain) {
            values.usedBackward(place);
        }
        gradient = inner.hasGradient() ? new Buffer(label + " padded gradient", bytes).usedBackward(place) : null;
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

    Buffer values() {
        return values;
    }

    /** Only where the inner tensor has one. */
    Buffer gradient() {
        if (gradient == null) {
            throw new IllegalStateException(label + " has no gradient of its padded input");
        }
        return gradient;
    }

    List<Buffer> buffers() {
        List<Buffer> buffers = new ArrayList<>(List.of(values));
        if (gradient != null) {
            buffers.add(gradient);
        }
        return buffers;
    }

    /** The tensor's values to the copy. */
    void fill() {
        CudaRuntime.check(
                CudaKernels.pad(
                        context.format().code(),
                        inner.data(),
                        inner.batch(),
                        window.input().height(),
                        window.input().width(),
                        window.input().channels(),
                        window.padTop(),
                        window.padLeft(),
                        window.padBottom(),
                        window.padRight(),
                        values.bytes(),
                        context.stream()),
                "convoke_cuda_pad",
                label);
    }

    /** The copy's gradient to the tensor's. */
    void giveBack() {
        CudaRuntime.check(
                CudaKernels.crop(
                        context.format().code(),
                        gradient().bytes(),
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
