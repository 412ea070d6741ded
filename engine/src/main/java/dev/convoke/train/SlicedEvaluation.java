package dev.convoke.train;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Session;
import dev.convoke.datasets.ImageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Evaluates an image set slice by slice, so that a stop need not wait for its end. The slices are cut once. */
final class SlicedEvaluation {
    private final List<ImageSet> slices;

    SlicedEvaluation(ImageSet images, int sliceSize) {
        this.slices = images.count() <= sliceSize ? List.of(images) : cut(images, sliceSize);
    }

    private static List<ImageSet> cut(ImageSet images, int sliceSize) {
        List<ImageSet> slices = new ArrayList<>();
        for (int from = 0; from < images.count(); from += sliceSize) {
            int to = Math.min(images.count(), from + sliceSize);
            slices.add(images.select(IntStream.range(from, to).toArray()));
        }
        return slices;
    }

    /** Evaluates the session's network; empty if cancelled. */
    Optional<Evaluation> run(Session session, Cancellation cancellation) {
        List<Evaluation> parts = new ArrayList<>();
        for (ImageSet slice : slices) {
            if (cancellation.isCancelled()) {
                return Optional.empty();
            }
            parts.add(session.evaluate(slice));
        }
        return Optional.of(parts.size() == 1 ? parts.get(0) : join(parts));
    }

    private static Evaluation join(List<Evaluation> parts) {
        int count = parts.stream().mapToInt(Evaluation::count).sum();
        int[] predictions = new int[count]; // [N]
        float[] confidence = new float[count]; // [N]
        double dataLoss = 0;
        double first = 0;
        double second = 0;
        int at = 0;
        for (Evaluation part : parts) {
            System.arraycopy(part.predictions(), 0, predictions, at, part.count());
            System.arraycopy(part.confidence(), 0, confidence, at, part.count());
            dataLoss += part.dataLoss() * part.count();
            first += sum(part.first(), part.count());
            second += sum(part.second(), part.count());
            at += part.count();
        }
        return new Evaluation(
                dataLoss / count, parts.get(0).penalty(), first / count, second / count, predictions, confidence);
    }

    /** The sum behind a mean; of a share of images their number, which the division may have missed by a rounding. */
    private static double sum(double mean, int count) {
        double sum = mean * count;
        double whole = Math.rint(sum);
        return Math.abs(sum - whole) <= Math.ulp(sum) ? whole : sum;
    }
}
