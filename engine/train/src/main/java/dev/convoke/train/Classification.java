package dev.convoke.train;

import dev.convoke.backend.Evaluation;
import dev.convoke.datasets.ImageSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Predictions counted by class.
 *
 * @param confusion row: true class, column: predicted class
 */
public record Classification(List<List<Integer>> confusion) {
    public Classification {
        confusion = confusion.stream().map(List::copyOf).toList();
        for (List<Integer> row : confusion) {
            if (row.size() != confusion.size()) {
                throw new IllegalArgumentException("confusion has rows of another length than it has rows");
            }
        }
    }

    /**
     * Counts the predictions of {@code evaluation} on {@code images}.
     *
     * @throws IllegalStateException if the images have no classes
     */
    public static Classification of(Evaluation evaluation, ImageSet images, int classes) {
        int[][] counts = new int[classes][classes];
        for (int i = 0; i < images.count(); i++) {
            counts[images.label(i)][evaluation.predictions()[i]]++;
        }
        List<List<Integer>> rows = new ArrayList<>();
        for (int[] row : counts) {
            rows.add(Arrays.stream(row).boxed().toList());
        }
        return new Classification(rows);
    }

    /** Share of images whose largest output is their class; NaN where they have none. */
    static double accuracy(Evaluation evaluation, ImageSet images) {
        if (!images.hasClasses()) {
            return Double.NaN;
        }
        int right = 0;
        for (int i = 0; i < images.count(); i++) {
            right += evaluation.predictions()[i] == images.label(i) ? 1 : 0;
        }
        return (double) right / images.count();
    }

    public int classes() {
        return confusion.size();
    }

    /** Images of true class {@code c}. */
    public int support(int c) {
        return confusion.get(c).stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Precision: the fraction of predictions {@code c} that are correct; 0 if {@code c} was never predicted, as in
     * scikit-learn.
     */
    public double precision(int c) {
        int answered = confusion.stream().mapToInt(row -> row.get(c)).sum();
        return answered == 0 ? 0 : (double) confusion.get(c).get(c) / answered;
    }

    /** Share of class {@code c} that was found; 0 where there is none. */
    public double recall(int c) {
        return support(c) == 0 ? 0 : (double) confusion.get(c).get(c) / support(c);
    }

    /** Harmonic mean of precision and recall; 0 where both are. */
    public double f1(int c) {
        double sum = precision(c) + recall(c);
        return sum == 0 ? 0 : 2 * precision(c) * recall(c) / sum;
    }

    /** Fraction of all images that are classified correctly. */
    public double accuracy() {
        int right = 0;
        int all = 0;
        for (int c = 0; c < classes(); c++) {
            right += confusion.get(c).get(c);
            all += support(c);
        }
        return all == 0 ? 0 : (double) right / all;
    }
}
