package dev.convoke.sweep;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One testable statement of a claim. Runs are named as in their suite. */
public sealed interface ClaimTest {
    /** The names of all runs that the statement is about. */
    List<String> runs();

    /** The figure that is compared; empty where the statement is about no single figure. */
    Optional<Metric> metric();

    /** The claimed direction of the first run's metric. */
    enum Direction {
        HIGHER,
        LOWER;

        /** The direction in which a figure of that metric is better. */
        public static Direction better(Metric metric) {
            return metric.isAccuracy() ? HIGHER : LOWER;
        }
    }

    /** What a statement says of the size of a difference. */
    enum Bound {
        /** The difference is so large, or larger: it is refuted where less is shown. */
        SIZE,
        /** The difference must be shown to be at least so large. */
        AT_LEAST
    }

    /**
     * The first run's metric is higher or lower than the second's.
     *
     * @param bound how {@code size} is interpreted; ignored if there is no size
     * @param size of the difference, above 0, in the metric's unit (fractions for accuracies); empty if none is claimed
     */
    record Difference(String first, Direction direction, String second, Metric of, Bound bound, OptionalDouble size)
            implements ClaimTest {
        @Override
        public List<String> runs() {
            return List.of(first, second);
        }

        @Override
        public Optional<Metric> metric() {
            return Optional.of(of);
        }
    }

    /**
     * Each run is better than the next.
     *
     * @param bestFirst at least two runs
     */
    record Ordering(List<String> bestFirst, Metric of) implements ClaimTest {
        public Ordering {
            bestFirst = List.copyOf(bestFirst);
        }

        @Override
        public List<String> runs() {
            return bestFirst;
        }

        @Override
        public Optional<Metric> metric() {
            return Optional.of(of);
        }
    }

    /** One run is better than each of the rivals. */
    record BestOf(String run, List<String> rivals, Metric of) implements ClaimTest {
        public BestOf {
            rivals = List.copyOf(rivals);
        }

        @Override
        public List<String> runs() {
            return Stream.concat(Stream.of(run), rivals.stream()).toList();
        }

        @Override
        public Optional<Metric> metric() {
            return Optional.of(of);
        }
    }

    /**
     * Two runs differ by less than a margin.
     *
     * @param margin above 0, in the metric's unit (shares of 1 for accuracies)
     */
    record Equivalence(String first, String second, Metric of, double margin) implements ClaimTest {
        @Override
        public List<String> runs() {
            return List.of(first, second);
        }

        @Override
        public Optional<Metric> metric() {
            return Optional.of(of);
        }
    }

    /**
     * At these epochs validation loss rises while training loss falls more often than at the others.
     *
     * @param epochs from 2 on; an epoch is compared with the one before
     */
    record Overfitting(String run, Set<Integer> epochs) implements ClaimTest {
        public Overfitting {
            epochs = new TreeSet<>(epochs);
        }

        @Override
        public List<String> runs() {
            return List.of(run);
        }

        @Override
        public Optional<Metric> metric() {
            return Optional.empty();
        }
    }
}
