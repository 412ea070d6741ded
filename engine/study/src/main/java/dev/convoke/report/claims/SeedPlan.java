package dev.convoke.report.claims;

import dev.convoke.report.measure.SeedPairs;
import dev.convoke.report.statistics.RankTest;
import dev.convoke.report.statistics.SampleSize;
import dev.convoke.report.statistics.Spread;
import dev.convoke.report.statistics.TwoGroups;
import dev.convoke.sweep.ClaimTest;
import dev.convoke.sweep.ClaimTest.Bound;
import dev.convoke.sweep.ClaimTest.Difference;
import dev.convoke.sweep.ClaimTest.Equivalence;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.Study.Claim;
import dev.convoke.sweep.SweepResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The number of seeds that the claims of a suite need, computed before training.
 *
 * @param judged number of claims in the correction
 * @param alpha the strictest level of a single claim
 * @param rows one for each test of two runs
 */
public record SeedPlan(int judged, double alpha, List<Row> rows) {
    /** Seeds below which nothing is tested. */
    public static final int FEWEST = RawTest.FEWEST_SEEDS;

    public SeedPlan {
        rows = List.copyOf(rows);
    }

    /** What a number of seeds rests on. */
    public enum Basis {
        /** The claim's own size or margin. */
        CLAIM,
        /** An effect that the user names. */
        NAMED,
        /** Nothing: there is no effect to find. */
        NONE
    }

    /**
     * One test.
     *
     * @param claim its id
     * @param statement in symbols
     * @param effect that it should find, in the metric's unit; NaN where there is none
     * @param sd of the differences between the two runs, by seed; NaN where it is not known
     * @param seeds for the power asked for; empty where effect or deviation is missing, or where no number of seeds that is
     *     planned for suffices
     * @param twoGroups whether the differences fall into two groups, for which only the signed-rank test counts
     */
    public record Row(
            String claim,
            String statement,
            Metric metric,
            double effect,
            Basis basis,
            double sd,
            Optional<Integer> seeds,
            boolean twoGroups) {}

    /**
     * Computes the plan.
     *
     * @param from results from which standard deviations are taken; may be empty
     * @param effect accuracy difference to detect for claims without a size; may be empty
     * @param power from 0 to 1
     */
    public static SeedPlan of(List<Claim> claims, Optional<SweepResults> from, OptionalDouble effect, double power) {
        List<Claim> judged =
                claims.stream().filter(claim -> claim.notTested().isEmpty()).toList();
        double alpha = JudgedTest.ALPHA / Math.max(1, judged.size());
        List<Row> rows = new ArrayList<>();
        for (Claim claim : judged) {
            for (ClaimTest test : claim.tests()) {
                for (Pair pair : pairs(test)) {
                    rows.add(row(claim.id(), pair, from, effect, alpha, power));
                }
            }
        }
        return new SeedPlan(judged.size(), alpha, rows);
    }

    /** The fewest seeds with which a signed-rank test can be significant. */
    public int fewestForRanks() {
        return RankTest.fewest(alpha);
    }

    /** Two runs and the statement about them. */
    private record Pair(String first, String second, Metric metric, OptionalDouble size, boolean same, double beyond) {}

    private static List<Pair> pairs(ClaimTest test) {
        List<Pair> pairs = new ArrayList<>();
        if (test instanceof Difference difference) {
            // Of 'at least' a size, twice the size is what the test is planned to find: the size and as much beyond it.
            double beyond =
                    difference.bound() == Bound.AT_LEAST ? difference.size().orElse(0) : 0;
            pairs.add(new Pair(
                    difference.first(), difference.second(), difference.of(), difference.size(), false, beyond));
        } else if (test instanceof Equivalence equivalence) {
            pairs.add(new Pair(
                    equivalence.first(),
                    equivalence.second(),
                    equivalence.of(),
                    OptionalDouble.of(equivalence.margin()),
                    true,
                    0));
        } else if (test instanceof ClaimTest.Ordering ordering) {
            for (int i = 1; i < ordering.bestFirst().size(); i++) {
                pairs.add(new Pair(
                        ordering.bestFirst().get(i - 1),
                        ordering.bestFirst().get(i),
                        ordering.of(),
                        OptionalDouble.empty(),
                        false,
                        0));
            }
        } else if (test instanceof ClaimTest.BestOf best) {
            best.rivals()
                    .forEach(rival ->
                            pairs.add(new Pair(best.run(), rival, best.of(), OptionalDouble.empty(), false, 0)));
        }
        return pairs;
    }

    private static Row row(
            String claim, Pair pair, Optional<SweepResults> from, OptionalDouble named, double alpha, double power) {
        OptionalDouble effect = pair.size().isPresent() || !pair.metric().isAccuracy() ? pair.size() : named;
        Basis basis = pair.size().isPresent() ? Basis.CLAIM : effect.isPresent() ? Basis.NAMED : Basis.NONE;
        double[] differences = from.flatMap(results -> results.run(pair.first())
                        .flatMap(first -> results.run(pair.second())
                                .map(second -> SeedPairs.of(first, second, pair.metric())
                                        .differences())))
                .orElse(new double[0]);
        double sd = Spread.of(differences).sd();
        boolean twoGroups = TwoGroups.in(differences);
        Optional<Integer> seeds = effect.isPresent() && sd > 0 && !twoGroups
                ? seeds(pair, effect.getAsDouble() / sd, alpha, power)
                : Optional.empty();
        return new Row(
                claim,
                pair.metric().label() + ": " + pair.first() + (pair.same() ? " as " : " vs ") + pair.second(),
                pair.metric(),
                effect.orElse(Double.NaN) + pair.beyond(),
                basis,
                sd,
                seeds,
                twoGroups);
    }

    private static Optional<Integer> seeds(Pair pair, double effect, double alpha, double power) {
        int seeds =
                pair.same() ? SampleSize.equivalence(effect, alpha, power) : SampleSize.paired(effect, alpha, power);
        return seeds > SampleSize.MOST ? Optional.empty() : Optional.of(Math.max(FEWEST, seeds));
    }
}
