package dev.convoke.report.claims;

import dev.convoke.report.measure.LastEpochs;
import dev.convoke.report.statistics.Holm;
import dev.convoke.sweep.ClaimTest.Bound;
import dev.convoke.sweep.ClaimTest.Direction;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import dev.convoke.sweep.SweepResults.Comparison;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The test of a sweep without claims: is the run with the highest validation accuracy better than the others? It was
 * selected by the same values, so the tests are two-sided, and the correction is over all pairs of runs, not only those
 * with the best.
 */
public final class BestRun {
    private static final Metric METRIC = Metric.VAL_ACCURACY;
    private static final String ID = "best";
    /** Rivals that are listed; nearer ones first. */
    private static final int MOST_LISTED = 50;

    private static final int MOST_NAMED = 8;

    private BestRun() {}

    /** One verdict, or none where there are fewer than two runs with figures. */
    public static List<ClaimVerdict> of(SweepResults results) {
        List<RunResults> ranked = results.runs().stream()
                .filter(run -> LastEpochs.overSeeds(run, METRIC).n() > 0)
                .sorted(Comparator.comparingDouble((RunResults run) ->
                                LastEpochs.overSeeds(run, METRIC).mean())
                        .reversed())
                .toList();
        return ranked.size() < 2 ? List.of() : List.of(verdict(ranked));
    }

    private static ClaimVerdict verdict(List<RunResults> ranked) {
        double pairs = ranked.size() * (ranked.size() - 1) / 2.0;
        double strictest = JudgedTest.ALPHA / (2 * pairs);
        List<RawTest> tests = new ArrayList<>(); // of the best against each other run, then of all other pairs
        for (int i = 0; i < ranked.size(); i++) {
            for (int j = i + 1; j < ranked.size(); j++) {
                tests.add(test(ranked.get(i), ranked.get(j), strictest));
            }
        }
        double[] corrected =
                Holm.correct(tests.stream().mapToDouble(BestRun::twoSided).toArray());
        List<Comparison> comparisons = new ArrayList<>();
        List<String> near = new ArrayList<>();
        int worse = 0;
        double largest = 0;
        for (int i = 0; i < ranked.size() - 1; i++) {
            boolean shown = corrected[i] < JudgedTest.ALPHA && tests.get(i).effect() > 0;
            Comparison one = new JudgedTest(tests.get(i), shown ? Verdict.CONFIRMED : Verdict.UNDECIDED).asComparison();
            comparisons.add(withP(one, corrected[i]));
            worse += shown ? 1 : 0;
            largest = Math.max(largest, corrected[i]);
            if (!shown) {
                near.add(ranked.get(i + 1).name());
            }
        }
        Verdict verdict = near.isEmpty() ? Verdict.CONFIRMED : Verdict.UNDECIDED;
        int n = tests.subList(0, ranked.size() - 1).stream()
                .mapToInt(RawTest::n)
                .min()
                .orElse(0);
        return new ClaimVerdict(
                ID,
                ranked.get(0).name() + " has the highest validation accuracy, and beats every other run.",
                verdict,
                reason(ranked.size() - 1, worse, near, n),
                comparisons.subList(0, Math.min(comparisons.size(), MOST_LISTED)),
                Double.isNaN(largest) ? Optional.empty() : Optional.of(largest));
    }

    private static RawTest test(RunResults first, RunResults second, double alpha) {
        return new Hypothesis.Difference(first, Direction.HIGHER, second, METRIC, Bound.SIZE, OptionalDouble.empty())
                .test(alpha)
                .withEnoughSeeds();
    }

    private static double twoSided(RawTest test) {
        return Math.min(
                1, 2 * Math.min(test.deciding().inFavor(), test.deciding().against()));
    }

    private static Comparison withP(Comparison test, double corrected) {
        return new Comparison(
                test.hypothesis(),
                test.metric(),
                test.n(),
                test.effect(),
                test.statisticName(),
                test.statistic(),
                corrected,
                test.smallestEffect(),
                test.verdict(),
                test.low(),
                test.high(),
                test.rankP(),
                test.unpairedP(),
                test.shape());
    }

    private static String reason(int rivals, int worse, List<String> near, int n) {
        String picked = "The suite makes no claims, so the best run was picked by its figures; p is two-sided and"
                + " corrected for all pairs of runs.";
        if (n < RawTest.FEWEST_SEEDS && worse == 0) {
            return "n = " + n + ": with fewer than " + RawTest.FEWEST_SEEDS + " seeds nothing is tested. " + picked;
        }
        if (near.isEmpty()) {
            return (rivals == 1 ? "The other run is" : "All " + rivals + " others are") + " significantly worse. "
                    + picked;
        }
        String names = near.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (near.size() > MOST_NAMED ? " and " + (near.size() - MOST_NAMED) + " more" : "");
        return worse + " of " + rivals + " others " + (worse == 1 ? "is" : "are")
                + " significantly worse; not told apart from it: " + names + ". " + picked;
    }
}
