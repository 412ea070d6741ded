package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Softmax cross-entropy; the sums add up in the state on the device. */
final class CudaLoss {
    private final CudaContext context;
    private final int classes;
    private final float smoothing;
    private final int trainingImages;
    private final BytePointer labels; // [N]
    private final BytePointer losses; // [N], float32

    /** @param mostImages the largest batch, N */
    CudaLoss(CudaContext context, int trainingImages, int mostImages) {
        this.context = context;
        this.trainingImages = trainingImages;
        classes = context.trial().model().classes();
        smoothing = (float) context.trial().model().labelSmoothing();
        labels = context.resources().allocate("labels", mostImages);
        losses = context.resources().allocate("losses", (long) mostImages * Float.BYTES);
    }

    /** The classes of the batch's images, to be filled before a loss is asked for. */
    Pointer labels() {
        return labels;
    }

    /** Loss of a whole batch, and the gradient of its mean. */
    void train(CudaTensor logits) {
        run(logits, trainingImages, logits.gradientData(), null, null);
    }

    /**
     * Loss of the images of a batch that are among the first {@code positions}.
     *
     * @param predictions {@code [positions]}, uint8
     * @param confidences {@code [positions]}, float32
     */
    void evaluate(CudaTensor logits, int positions, Pointer predictions, Pointer confidences) {
        run(logits, positions, null, predictions, confidences);
    }

    private void run(
            CudaTensor logits,
            int positions,
            @Nullable Pointer gradient,
            @Nullable Pointer predictions,
            @Nullable Pointer confidences) {
        CudaRuntime.check(
                CudaKernels.softmaxCrossEntropy(
                        logits.format().code(),
                        logits.data(),
                        labels,
                        logits.batch(),
                        positions,
                        classes,
                        smoothing,
                        1f / logits.batch(),
                        gradient,
                        losses,
                        predictions,
                        confidences,
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_softmax_cross_entropy",
                "the loss");
    }
}
