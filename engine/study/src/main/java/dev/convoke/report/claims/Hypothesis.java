package dev.convoke.report.claims;

import dev.convoke.report.measure.Formats;
import dev.convoke.report.measure.SeedPairs;
import dev.convoke.report.statistics.Equivalence;
import dev.convoke.report.statistics.Interval;
import dev.convoke.report.statistics.PairedTest;
import dev.convoke.report.statistics.RankTest;
import dev.convoke.report.statistics.TwoGroups;
import dev.convoke.report.statistics.UnpairedTest;
import dev.convoke.sweep.ClaimTest;
import dev.convoke.sweep.ClaimTest.Bound;
import dev.convoke.sweep.ClaimTest.Direction;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** One statement of a claim that can be decided by one test, on the runs of one sweep. */
sealed interface Hypothesis {
    /**
     * Runs the test.
     *
     * @param alpha the strictest level that the correction may ask of it
     */
    RawTest test(double alpha);

    /**
     * The hypotheses of one statement; an ordering has one for each pair of neighbors.
     *
     * @param results of a sweep that has all runs of the statement
     */
    static List<Hypothesis> of(ClaimTest test, SweepResults results) {
        if (test instanceof ClaimTest.Difference difference) {
            return List.of(new Difference(
                    run(results, difference.first()),
                    difference.direction(),
                    run(results, difference.second()),
                    difference.of(),
                    difference.bound(),
                    difference.size()));
        }
        if (test instanceof ClaimTest.Ordering ordering) {
            List<Hypothesis> neighbors = new ArrayList<>();
            for (int i = 1; i < ordering.bestFirst().size(); i++) {
                neighbors.add(plain(
                        run(results, ordering.bestFirst().get(i - 1)),
                        run(results, ordering.bestFirst().get(i)),
                        ordering.of()));
            }
            return neighbors;
        }
        if (test instanceof ClaimTest.BestOf best) {
            return List.of(new BestOf(
                    run(results, best.run()),
                    best.rivals().stream().map(rival -> run(results, rival)).toList(),
                    best.of()));
        }
        if (test instanceof ClaimTest.Equivalence equivalence) {
            return List.of(new Sameness(
                    run(results, equivalence.first()),
                    run(results, equivalence.second()),
                    equivalence.of(),
                    equivalence.margin()));
        }
        ClaimTest.Overfitting overfitting = (ClaimTest.Overfitting) test;
        return List.of(new Overfitting(run(results, overfitting.run()), new OverfittingEpochs(overfitting.epochs())));
    }

    private static RunResults run(SweepResults results, String name) {
        return results.run(name).orElseThrow();
    }

    private static Difference plain(RunResults better, RunResults worse, Metric metric) {
        return new Difference(better, Direction.better(metric), worse, metric, Bound.SIZE, OptionalDouble.empty());
    }

    /** {@code first} is higher or lower than {@code second}, optionally by a claimed size. */
    record Difference(
            RunResults first, Direction direction, RunResults second, Metric metric, Bound bound, OptionalDouble size)
            implements Hypothesis {
        @Override
        public RawTest test(double alpha) {
            SeedPairs pairs = SeedPairs.of(first, second, metric);
            double sign = direction == Direction.HIGHER ? 1 : -1;
            double claimed = size.orElse(0);
            double shown = bound == Bound.AT_LEAST ? claimed : 0;
            double[] along = times(sign, pairs.differences());
            double[] ours = times(sign, pairs.first());
            double[] theirs = times(sign, pairs.second());
            PairedTest above = PairedTest.against(shown, along);
            PairedTest below = PairedTest.against(claimed, along);
            UnpairedTest apart = UnpairedTest.against(shown, ours, theirs);
            RawTest test = new RawTest(
                    symbols(),
                    Optional.of(metric),
                    pairs.n(),
                    sign * above.mean(),
                    oriented(sign, above.interval(Interval.LEVEL)),
                    pairedT(pairs.n()),
                    sign * above.t(),
                    new RawTest.PValues(above.pGreater(), below.pLess()),
                    new RawTest.PValues(
                            RankTest.of(less(shown, along)).pGreater(),
                            RankTest.of(less(claimed, along)).pLess()),
                    new RawTest.PValues(
                            apart.pGreater(),
                            UnpairedTest.against(claimed, ours, theirs).pLess()),
                    shape(along),
                    shown + pairs.smallestEffect(above.sd(), alpha));
            return test.withinReach();
        }

        private String symbols() {
            String claim =
                    symbol(metric, first) + (direction == Direction.HIGHER ? " > " : " < ") + symbol(metric, second);
            if (size.isEmpty()) {
                return claim;
            }
            return claim
                    + (bound == Bound.AT_LEAST ? " by at least " : " by ")
                    + Formats.size(metric, size.getAsDouble());
        }
    }

    /** Both differ by less than {@code margin}. */
    record Sameness(RunResults first, RunResults second, Metric metric, double margin) implements Hypothesis {
        @Override
        public RawTest test(double alpha) {
            SeedPairs pairs = SeedPairs.of(first, second, metric);
            double[] differences = pairs.differences();
            Equivalence test = Equivalence.of(margin, differences);
            RankTest low = RankTest.of(less(-margin, differences));
            RankTest high = RankTest.of(less(margin, differences));
            UnpairedTest above = UnpairedTest.against(-margin, pairs.first(), pairs.second());
            UnpairedTest below = UnpairedTest.against(margin, pairs.first(), pairs.second());
            RawTest raw = new RawTest(
                    "|" + symbol(metric, first) + " - " + symbol(metric, second) + "| < "
                            + Formats.size(metric, margin),
                    Optional.of(metric),
                    pairs.n(),
                    test.mean(),
                    PairedTest.of(differences).interval(Interval.LEVEL),
                    "two one-sided " + pairedT(pairs.n()),
                    test.t(),
                    new RawTest.PValues(test.p(), test.pOutside()),
                    new RawTest.PValues(Math.max(low.pGreater(), high.pLess()), outside(low.pLess(), high.pGreater())),
                    new RawTest.PValues(
                            Math.max(above.pGreater(), below.pLess()), outside(above.pLess(), below.pGreater())),
                    shape(differences),
                    margin + pairs.smallestEffect(test.sd(), alpha));
            return raw.withinReach();
        }

        private static double outside(double below, double above) {
            return Math.min(1, 2 * Math.min(below, above));
        }
    }

    /** {@code first} is better than every rival: as strong as its weakest comparison. */
    record BestOf(RunResults first, List<RunResults> rivals, Metric metric) implements Hypothesis {
        @Override
        public RawTest test(double alpha) {
            Direction direction = Direction.better(metric);
            double sign = direction == Direction.HIGHER ? 1 : -1;
            List<RivalTest> tests = rivals.stream()
                    .map(rival ->
                            new RivalTest(rival, plain(first, rival, metric).test(alpha)))
                    .toList();
            boolean tested = tests.stream()
                    .noneMatch(test -> Double.isNaN(test.raw().deciding().inFavor()));
            RivalTest toughest = tests.stream()
                    .max(Comparator.comparingDouble((RivalTest test) ->
                                    tested ? test.raw().deciding().inFavor() : 0)
                            .thenComparingDouble(
                                    test -> -sign * orEqual(test.raw().effect())))
                    .orElseThrow();
            double against = tests.stream()
                    .mapToDouble(test -> test.raw().deciding().against())
                    .filter(p -> !Double.isNaN(p))
                    .min()
                    .orElse(Double.NaN);
            return toughest.raw()
                    .of(
                            symbol(metric, first) + (sign > 0 ? " > " : " < ") + "each of " + tests.size()
                                    + " others; nearest: " + toughest.rival().name(),
                            tests.stream()
                                    .mapToInt(test -> test.raw().n())
                                    .min()
                                    .orElse(0),
                            new RawTest.PValues(
                                    tested ? toughest.raw().deciding().inFavor() : Double.NaN,
                                    Math.min(1, against * tests.size())));
        }

        /** A rival without a figure comes as near as one that is level. */
        private static double orEqual(double effect) {
            return Double.isNaN(effect) ? 0 : effect;
        }

        private record RivalTest(RunResults rival, RawTest raw) {}
    }

    /** At the marked epochs validation loss rises while training loss falls, more often than at the others. */
    record Overfitting(RunResults run, OverfittingEpochs epochs) implements Hypothesis {
        @Override
        public RawTest test(double alpha) {
            double[] differences = epochs.differences(run);
            PairedTest test = PairedTest.of(differences);
            RankTest ranks = RankTest.of(differences);
            RawTest raw = new RawTest(
                    "overfit_share(" + run.name() + ", epochs " + epochs.names() + ") > overfit_share(other epochs)",
                    Optional.empty(),
                    test.n(),
                    test.mean(),
                    test.interval(Interval.LEVEL),
                    pairedT(test.n()),
                    test.t(),
                    new RawTest.PValues(test.pGreater(), test.pLess()),
                    new RawTest.PValues(ranks.pGreater(), ranks.pLess()),
                    RawTest.PValues.NONE,
                    shape(differences),
                    SeedPairs.smallestEffect(test.n(), test.sd(), alpha));
            return raw.withinReach();
        }
    }

    private static double[] times(double factor, double... values) {
        return Arrays.stream(values).map(value -> factor * value).toArray();
    }

    private static double[] less(double bound, double... values) {
        return Arrays.stream(values).map(value -> value - bound).toArray();
    }

    private static Interval oriented(double sign, Interval along) {
        return sign > 0 ? along : new Interval(-along.high(), -along.low());
    }

    private static Shape shape(double... differences) {
        return TwoGroups.in(differences) ? Shape.TWO_GROUPS : Shape.ONE_GROUP;
    }

    private static String symbol(Metric metric, RunResults run) {
        return metric.label() + "(" + run.name() + ")";
    }

    private static String pairedT(int n) {
        return "paired t(" + Math.max(0, n - 1) + ")";
    }
}
