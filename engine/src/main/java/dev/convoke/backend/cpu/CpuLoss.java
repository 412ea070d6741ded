package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.jspecify.annotations.Nullable;

/** Softmax cross-entropy, and the totals that add up on the native side until somebody reads them. */
final class CpuLoss {
    private final int classes;
    private final float smoothing;
    private final int threads;
    private final BytePointer labels; // [N]
    private final BytePointer predictions; // [N]
    private final BytePointer confidenceBytes;
    private final FloatPointer confidences; // [N]
    private final BytePointer lossBytes;
    private final FloatPointer losses; // [N]
    private final DoublePointer lossSum;
    private final LongPointer correct;

    /** @param mostImages the largest batch, N */
    CpuLoss(CpuContext context, int mostImages) {
        classes = context.trial().model().classes();
        smoothing = (float) context.trial().model().labelSmoothing();
        threads = context.threads();
        CpuResources resources = context.resources();
        labels = resources.allocate("labels", mostImages);
        predictions = resources.allocate("predictions", mostImages);
        confidenceBytes = resources.allocate("confidences", (long) mostImages * Float.BYTES);
        confidences = new FloatPointer(confidenceBytes);
        lossBytes = resources.allocate("losses", (long) mostImages * Float.BYTES);
        losses = new FloatPointer(lossBytes);
        lossSum = new DoublePointer(resources.allocate("loss", Double.BYTES));
        correct = new LongPointer(resources.allocate("correct answers", Long.BYTES));
    }

    /** The classes of the batch's images, to be filled before a loss is asked for. */
    BytePointer labels() {
        return labels;
    }

    /** Classes of the largest logits of the batch that ran last. */
    BytePointer predictions() {
        return predictions;
    }

    /** Softmax probabilities of {@link #predictions}. */
    FloatPointer confidences() {
        return confidences;
    }

    int classes() {
        return classes;
    }

    float smoothing() {
        return smoothing;
    }

    /** The memory of {@link #confidences}. */
    BytePointer confidenceBytes() {
        return confidenceBytes;
    }

    /** Memory of the losses of the images, {@code [N]}. */
    BytePointer lossBytes() {
        return lossBytes;
    }

    /** Adds what was counted elsewhere to the totals. */
    void add(double losses, long rightAnswers) {
        lossSum.put(lossSum.get() + losses);
        correct.put(correct.get() + rightAnswers);
    }

    void resetTotals() {
        lossSum.put(0);
        correct.put(0);
    }

    /** Sum of the losses of all images since the last reset. */
    double total() {
        return lossSum.get();
    }

    /** Images answered rightly since the last reset. */
    long correct() {
        return correct.get();
    }

    /** Loss of a whole batch, and the gradient of its mean. */
    void train(CpuTensor logits) {
        run(logits, logits.batch(), logits.gradientData());
    }

    /** Loss of the first {@code images} of a batch. */
    void evaluate(CpuTensor logits, int images) {
        run(logits, images, null);
    }

    private void run(CpuTensor logits, int images, @Nullable FloatPointer gradient) {
        Kernels.softmaxCrossEntropy(
                logits.data(),
                labels,
                images,
                classes,
                smoothing,
                1f / images,
                gradient,
                losses,
                null,
                predictions,
                confidences,
                lossSum,
                correct,
                threads);
    }
}
