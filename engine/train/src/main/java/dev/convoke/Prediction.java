package dev.convoke;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What a network makes of one picture: a probability for each class. Immutable.
 */
public final class Prediction {
    private final List<String> labels;
    private final float[] probabilities;
    private final int largest;

    /**
     * A class and its probability.
     *
     * @param index of the class, from 0
     * @param label its name
     * @param probability from 0 to 1
     */
    public record Candidate(int index, String label, float probability) {}

    /**
     * @param labels of the classes, in label order
     * @param probabilities {@code [classes]}
     */
    Prediction(List<String> labels, float[] probabilities) {
        this.labels = List.copyOf(labels);
        this.probabilities = probabilities;
        int best = 0;
        for (int k = 1; k < probabilities.length; k++) {
            if (probabilities[k] > probabilities[best]) {
                best = k;
            }
        }
        largest = best;
    }

    /** The name of the most probable class; of equals the first. */
    public String label() {
        return labels.get(largest);
    }

    /** The index of the most probable class, from 0. */
    public int index() {
        return largest;
    }

    /** The probability of the most probable class, from 0 to 1. */
    public float probability() {
        return probabilities[largest];
    }

    /**
     * The probability of a class.
     *
     * @throws IllegalArgumentException if the network knows no such class
     */
    public float probability(String label) {
        int index = labels.indexOf(label);
        if (index < 0) {
            throw new IllegalArgumentException("there is no class '" + label + "'; the classes are " + labels);
        }
        return probabilities[index];
    }

    /** The probabilities of all classes, in label order; a copy. */
    public float[] probabilities() {
        return probabilities.clone();
    }

    /** The most probable classes, the most probable first; all of them where {@code count} is more. */
    public List<Candidate> top(int count) {
        return IntStream.range(0, probabilities.length)
                .mapToObj(k -> new Candidate(k, labels.get(k), probabilities[k]))
                .sorted(Comparator.comparing(Candidate::probability).reversed())
                .limit(count)
                .toList();
    }

    /** The label and its probability in percent. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %.2f%%", label(), 100 * probability());
    }
}
