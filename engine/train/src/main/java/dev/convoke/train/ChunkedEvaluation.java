package dev.convoke.train;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Session;
import dev.convoke.datasets.ImageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Evaluates an image set in chunks, so that cancellation does not wait for the whole set. */
final class ChunkedEvaluation {
    private final ImageSet images;
    private final int size;

    /** @param size images per chunk */
    ChunkedEvaluation(ImageSet images, int size) {
        this.images = images;
        this.size = size;
    }

    /** Evaluates the session's network; empty if cancelled. */
    Optional<Evaluation> run(Session session, Cancellation cancellation) {
        List<Evaluation> parts = new ArrayList<>();
        for (int from = 0; from < images.count(); from += size) {
            if (cancellation.isCancelled()) {
                return Optional.empty();
            }
            parts.add(session.evaluate(images, from, (int) Math.min(images.count(), (long) from + size)));
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
