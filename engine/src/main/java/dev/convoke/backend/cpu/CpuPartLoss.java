package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy, part by part. Losses are added up over the whole batch in the order of its images, so that the
 * total has the same bits however the batch is cut.
 */
final class CpuPartLoss {
    private final CpuLoss loss;
    private final CpuParts parts;
    private final CpuPieces logits;
    private final @Nullable CpuPieces gradient;
    private final CpuPieces labels;
    private final CpuPieces losses;
    private final CpuPieces predictions;
    private final CpuPieces confidences;
    private final DoublePointer[] ignored; // a part's own sum of losses
    private final LongPointer[] correct; // of each part, since the batch began
    private final float[] values; // [N]
    private int counted;

    CpuPartLoss(CpuContext context, CpuLoss loss, CpuTensor output, CpuParts parts) {
        this.loss = loss;
        this.parts = parts;
        logits = CpuPieces.values(output, parts);
        gradient = output.hasGradient() ? CpuPieces.gradient(output, parts) : null;
        labels = CpuPieces.of(loss.labels(), parts, 1);
        losses = CpuPieces.of(loss.lossBytes(), parts, Float.BYTES);
        predictions = CpuPieces.of(loss.predictions(), parts, 1);
        confidences = CpuPieces.of(loss.confidenceBytes(), parts, Float.BYTES);
        ignored = new DoublePointer[parts.count()];
        correct = new LongPointer[parts.count()];
        for (int part = 0; part < parts.count(); part++) {
            // A cache line each, so that two threads do not write the same one.
            ignored[part] = new DoublePointer(context.resources().allocate("loss", CpuResources.ALIGNMENT));
            correct[part] = new LongPointer(context.resources().allocate("correct answers", CpuResources.ALIGNMENT));
        }
        values = new float[parts.images()];
    }

    /** Starts a batch of which the first {@code images} count. */
    void begin(int images) {
        counted = images;
        for (LongPointer each : correct) {
            each.put(0);
        }
    }

    /** Losses of a part, and their gradients where the network trains. */
    void run(int part) {
        int images = Math.min(parts.images(part), counted - parts.from(part));
        if (images > 0) {
            FloatPointer slope = gradient == null ? null : gradient.floats(part);
            Kernels.softmaxCrossEntropy(
                    logits.floats(part),
                    labels.bytes(part),
                    images,
                    loss.classes(),
                    loss.smoothing(),
                    1f / counted,
                    slope,
                    losses.floats(part),
                    null,
                    predictions.bytes(part),
                    confidences.floats(part),
                    ignored[part],
                    correct[part],
                    1);
        }
    }

    /** Adds the batch to the loss's totals. */
    void end() {
        losses.floats(0).get(values, 0, counted);
        double sum = 0;
        for (int i = 0; i < counted; i++) {
            sum += values[i];
        }
        long right = 0;
        for (LongPointer each : correct) {
            right += each.get();
        }
        loss.add(sum, right);
    }
}
