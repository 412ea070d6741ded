package dev.convoke.report.claims;

import dev.convoke.report.measure.Metric;
import dev.convoke.report.measure.SeedPairs;
import dev.convoke.report.statistics.DetectableEffect;
import dev.convoke.report.statistics.Equivalence;
import dev.convoke.report.statistics.PairedTest;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One statement of a claim that one test can answer. */
sealed interface Part {
    /**
     * Runs the test.
     *
     * @param alpha the strictest level that the correction may ask of it
     */
    RawTest test(double alpha);

    /** Which way a claim says that the first run's figure lies. */
    enum Direction {
        HIGHER(1, ">"),
        LOWER(-1, "<");

        private final int sign;
        private final String symbol;

        Direction(int sign, String symbol) {
            this.sign = sign;
            this.symbol = symbol;
        }
    }

    /** {@code first} lies above or below {@code second}. */
    record Difference(RunResults first, Direction direction, RunResults second, Metric metric) implements Part {
        @Override
        public RawTest test(double alpha) {
            SeedPairs pairs = SeedPairs.of(first, second, metric);
            PairedTest test = PairedTest.of(pairs.differences());
            boolean higher = direction == Direction.HIGHER;
            return new RawTest(
                    symbol(metric, first) + " " + direction.symbol + " " + symbol(metric, second),
                    Optional.of(metric),
                    pairs.n(),
                    test.mean(),
                    pairedT(pairs.n()),
                    test.t(),
                    higher ? test.pGreater() : test.pLess(),
                    higher ? test.pLess() : test.pGreater(),
                    pairs.smallestEffect(test.sd(), alpha));
        }
    }

    /** Both lie within {@code margin} of each other. */
    record Sameness(RunResults first, RunResults second, Metric metric, double margin) implements Part {
        @Override
        public RawTest test(double alpha) {
            SeedPairs pairs = SeedPairs.of(first, second, metric);
            Equivalence test = Equivalence.of(margin, pairs.differences());
            String bound = metric.isAccuracy()
                    ? String.format(Locale.ROOT, "%.1f points", 100 * margin)
                    : String.format(Locale.ROOT, "%.3f", margin);
            return new RawTest(
                    "|" + symbol(metric, first) + " - " + symbol(metric, second) + "| < " + bound,
                    Optional.of(metric),
                    pairs.n(),
                    test.mean(),
                    "two one-sided " + pairedT(pairs.n()),
                    test.t(),
                    test.p(),
                    test.pOutside(),
                    margin + pairs.smallestEffect(test.sd(), alpha));
        }
    }

    /** {@code first} beats every rival: as strong as its weakest comparison. */
    record BestOf(RunResults first, Direction direction, List<RunResults> rivals, Metric metric) implements Part {
        @Override
        public RawTest test(double alpha) {
            List<RivalTest> tests = rivals.stream()
                    .map(rival -> new RivalTest(rival, new Difference(first, direction, rival, metric).test(alpha)))
                    .toList();
            boolean tested =
                    tests.stream().noneMatch(test -> Double.isNaN(test.raw().pFor()));
            RivalTest toughest = tests.stream()
                    .max(Comparator.comparingDouble(
                                    (RivalTest test) -> tested ? test.raw().pFor() : 0)
                            .thenComparingDouble(
                                    test -> -direction.sign * orEqual(test.raw().effect())))
                    .orElseThrow();
            RawTest hardest = toughest.raw();
            double against = tests.stream()
                    .mapToDouble(test -> test.raw().pAgainst())
                    .min()
                    .orElse(Double.NaN);
            return new RawTest(
                    symbol(metric, first) + " " + direction.symbol + " each of " + tests.size() + " others; nearest: "
                            + toughest.rival().name(),
                    Optional.of(metric),
                    tests.stream().mapToInt(test -> test.raw().n()).min().orElse(0),
                    hardest.effect(),
                    hardest.statisticName(),
                    hardest.statistic(),
                    tested ? hardest.pFor() : Double.NaN,
                    Math.min(1, against * tests.size()),
                    hardest.smallestEffect());
        }

        /** A rival without a figure comes as near as one that is level. */
        private static double orEqual(double effect) {
            return Double.isNaN(effect) ? 0 : effect;
        }

        private record RivalTest(RunResults rival, RawTest raw) {}
    }

    /** At the marked epochs validation loss rises while training loss falls, more often than at the others. */
    record Overfitting(RunResults run, OverfittingEpochs epochs) implements Part {
        @Override
        public RawTest test(double alpha) {
            PairedTest test = PairedTest.of(epochs.differences(run));
            int n = test.n();
            return new RawTest(
                    "overfit_share(" + run.name() + ", epochs " + epochs.names() + ") > overfit_share(other epochs)",
                    Optional.empty(),
                    n,
                    test.mean(),
                    pairedT(n),
                    test.t(),
                    test.pGreater(),
                    test.pLess(),
                    n < 2 ? Double.NaN : DetectableEffect.paired(test.sd(), n, alpha));
        }
    }

    private static String symbol(Metric metric, RunResults run) {
        return metric.symbol() + "(" + run.name() + ")";
    }

    private static String pairedT(int n) {
        return "paired t(" + Math.max(0, n - 1) + ")";
    }
}
