package dev.convoke.backend.cpu;

import dev.convoke.backend.TargetRows;
import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.NativeLoss;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.Loss;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/**
 * The loss of a network, part by part. Losses and figures are added up over the whole batch in the order of its images, so
 * that the totals have the same bits however the batch is cut.
 */
final class CpuLoss {
    /** What has been added up since the last reset. */
    static final class Totals {
        private double loss;
        private double first;
        private double second;

        void reset() {
            loss = 0;
            first = 0;
            second = 0;
        }

        double loss() {
            return loss;
        }

        double first() {
            return first;
        }

        double second() {
            return second;
        }
    }

    private final CpuParts parts;
    private final Totals totals;
    private final Kernels.Loss spec;
    private final @Nullable FloatPointer weights; // [K]
    private final BytePointer targetBytes;
    private final FloatPointer lossBlock; // [N]
    private final FloatPointer metricBlock; // [N, 2]
    private final BytePointer predictionBytes; // [N], int32
    private final BytePointer confidenceBytes; // [N], float32
    private final CpuPartPointers outputs;
    private final @Nullable CpuPartPointers gradient;
    private final CpuPartPointers targets;
    private final CpuPartPointers losses;
    private final CpuPartPointers metrics;
    private final CpuPartPointers predictions;
    private final CpuPartPointers confidences;
    private final @Nullable CpuPartPointers answers; // [N, K]; null where the kernel finds predictions itself
    private final @Nullable FloatPointer answerBlock;
    private final Activations output;
    private final int width; // K
    private final float[] lossValues; // [N]
    private final float[] metricValues; // [N, 2]
    private int counted;
    private float scale;

    CpuLoss(CpuContext context, Loss loss, Activations output, CpuParts parts, Totals totals) {
        this.parts = parts;
        this.totals = totals;
        this.output = output;
        CpuResources resources = context.resources();
        spec = resources.own(NativeLoss.of(loss));
        weights = weights(resources, NativeLoss.weights(loss));
        int images = parts.images();
        long row = (long) TargetRows.width(loss) * Integer.BYTES;
        targetBytes = resources.allocate("targets", images * row);
        BytePointer lossBytes = resources.allocate("losses", (long) images * Float.BYTES);
        BytePointer metricBytes = resources.allocate("figures", 2L * images * Float.BYTES);
        predictionBytes = resources.allocate("predictions", (long) images * Integer.BYTES);
        confidenceBytes = resources.allocate("confidences", (long) images * Float.BYTES);
        lossBlock = new FloatPointer(lossBytes);
        metricBlock = new FloatPointer(metricBytes);
        outputs = CpuPartPointers.values(output, parts);
        gradient = CpuPartPointers.gradient(output, parts);
        width = loss.outputs();
        BytePointer answerBytes = loss.kind() == Loss.Kind.SOFTMAX_CROSS_ENTROPY
                ? null
                : resources.allocate("answers", (long) images * width * Float.BYTES);
        answerBlock = answerBytes == null ? null : new FloatPointer(answerBytes);
        answers = answerBytes == null ? null : CpuPartPointers.of(answerBytes, parts, (long) width * Float.BYTES);
        targets = CpuPartPointers.of(targetBytes, parts, row);
        losses = CpuPartPointers.of(lossBytes, parts, Float.BYTES);
        metrics = CpuPartPointers.of(metricBytes, parts, 2L * Float.BYTES);
        predictions = CpuPartPointers.of(predictionBytes, parts, Integer.BYTES);
        confidences = CpuPartPointers.of(confidenceBytes, parts, Float.BYTES);
        lossValues = new float[images];
        metricValues = new float[2 * images];
    }

    private static @Nullable FloatPointer weights(CpuResources resources, List<Double> weights) {
        if (weights.isEmpty()) {
            return null;
        }
        FloatPointer values =
                new FloatPointer(resources.allocate("class weights", (long) weights.size() * Float.BYTES));
        for (int i = 0; i < weights.size(); i++) {
            values.put(i, weights.get(i).floatValue());
        }
        return values;
    }

    /** The targets of the batch's images, to be filled before it runs. */
    BytePointer targets() {
        return targetBytes;
    }

    /**
     * Starts a batch.
     *
     * @param images of which count; the others fill it up
     * @param meanOver images whose mean loss the gradients are of
     */
    void begin(int images, int meanOver) {
        counted = images;
        scale = 1f / meanOver;
    }

    /** Losses of a part, and their gradients where the network trains. */
    void run(int part, int worker) {
        int images = Math.min(parts.images(part), counted - parts.from(part));
        if (images > 0) {
            Kernels.lossRun(
                    spec,
                    outputs.floats(part),
                    targets.bytes(part),
                    weights,
                    images,
                    scale,
                    gradient == null ? null : gradient.floats(part),
                    losses.floats(part),
                    metrics.floats(part),
                    predictions.ints(part),
                    confidences.floats(part),
                    answers == null ? null : answers.floats(part),
                    1);
        }
    }

    /** Adds the batch to the totals. */
    void end() {
        lossBlock.get(lossValues, 0, counted);
        metricBlock.get(metricValues, 0, 2 * counted);
        for (int i = 0; i < counted; i++) {
            totals.loss += lossValues[i];
            totals.first += metricValues[2 * i];
            totals.second += metricValues[2 * i + 1];
        }
    }

    /** Copies what the batch's first images are taken for, and how surely, to the arrays from {@code at} on. */
    void answers(int[] predictions, float[] confidences, int at) {
        if (answerBlock == null) {
            new IntPointer(predictionBytes).get(predictions, at, counted);
            new FloatPointer(confidenceBytes).get(confidences, at, counted);
            return;
        }
        float[] outputValues = new float[counted * width];
        output.data().get(outputValues);
        for (int i = 0; i < counted; i++) {
            int largest = 0;
            for (int k = 1; k < width; k++) {
                if (outputValues[i * width + k] > outputValues[i * width + largest]) {
                    largest = k;
                }
            }
            predictions[at + i] = largest;
            confidences[at + i] = answerBlock.get((long) i * width + largest);
        }
    }
}
