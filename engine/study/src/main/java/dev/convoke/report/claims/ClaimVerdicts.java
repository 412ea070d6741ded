package dev.convoke.report.claims;

import dev.convoke.report.measure.EarlyStops;
import dev.convoke.report.statistics.Holm;
import dev.convoke.sweep.ClaimTest;
import dev.convoke.sweep.Metric;
import dev.convoke.sweep.Study.Claim;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tests every part of every claim, corrects for the number of claims, and determines the verdicts. A claim is a
 * conjunction, so that its p is the largest of its parts (intersection-union test); its opposite holds where any part's
 * does, so that its p is the smallest times their number. Holm's correction runs over the claims, in each direction.
 */
public final class ClaimVerdicts {
    private final SweepResults results;
    private final List<Tested> claims;
    private final double[] inFavor;
    private final double[] against;

    /** A claim and its tests. */
    private record Tested(Claim claim, Optional<String> obstacle, List<RawTest> tests) {
        /** NaN where a part was not tested. */
        double inFavor() {
            return obstacle.isPresent() || tests.isEmpty()
                    ? Double.NaN
                    : tests.stream()
                            .mapToDouble(test -> test.deciding().inFavor())
                            .reduce(0, Math::max);
        }

        /** NaN where no part was tested. */
        double against() {
            return obstacle.isPresent()
                    ? Double.NaN
                    : tests.stream()
                            .mapToDouble(test -> test.deciding().against())
                            .filter(p -> !Double.isNaN(p))
                            .map(this::ofAny)
                            .min()
                            .orElse(Double.NaN);
        }

        /** p of the statement that some part is false, from that of one part. */
        double ofAny(double p) {
            return Math.min(1, p * tests.size());
        }
    }

    private ClaimVerdicts(SweepResults results, List<Claim> all) {
        this.results = results;
        List<Optional<String>> obstacles = all.stream().map(this::obstacle).toList();
        long judged = obstacles.stream().filter(Optional::isEmpty).count();
        double strictest = JudgedTest.ALPHA / Math.max(1, judged);
        this.claims = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            claims.add(new Tested(
                    all.get(i),
                    obstacles.get(i),
                    all.get(i).tests().stream()
                            .flatMap(test -> Hypothesis.of(test, results).stream())
                            .map(hypothesis -> hypothesis.test(strictest).withEnoughSeeds())
                            .toList()));
        }
        this.inFavor = claims.stream().mapToDouble(Tested::inFavor).toArray();
        this.against = claims.stream().mapToDouble(Tested::against).toArray();
    }

    /**
     * The verdicts.
     *
     * @param claims whose runs the sweep contains
     * @param remark an additional remark on a claim; may be empty
     */
    public static List<ClaimVerdict> of(SweepResults results, List<Claim> claims, Function<Claim, String> remark) {
        ClaimVerdicts verdicts = new ClaimVerdicts(results, claims);
        List<ClaimVerdict> all = new ArrayList<>();
        for (int i = 0; i < claims.size(); i++) {
            all.add(verdicts.verdict(i, remark.apply(claims.get(i))));
        }
        return all;
    }

    private ClaimVerdict verdict(int index, String remark) {
        Tested tested = claims.get(index);
        List<JudgedTest> tests =
                tested.tests().stream().map(test -> judge(index, test)).toList();
        Verdict verdict = tested.obstacle().isPresent() ? Verdict.NOT_TESTED : combined(tests);
        double p = Holm.correct(verdict == Verdict.REFUTED ? against : inFavor)[index];
        String reason = tested.obstacle().orElseGet(() -> VerdictExplanation.of(verdict, tests, p));
        return new ClaimVerdict(
                tested.claim().id(),
                tested.claim().text(),
                verdict,
                Stream.of(reason, overfitting(tested.claim()), tested.claim().remark(), stopped(tested.claim()), remark)
                        .filter(words -> !words.isEmpty())
                        .collect(Collectors.joining(" ")),
                tests.stream().map(JudgedTest::asComparison).toList(),
                Double.isNaN(p) ? Optional.empty() : Optional.of(p));
    }

    /** A part is tested as if it were the only one of its claim. */
    private JudgedTest judge(int index, RawTest test) {
        Tested tested = claims.get(index);
        if (tested.obstacle().isPresent()) {
            return new JudgedTest(test, Verdict.NOT_TESTED);
        }
        if (corrected(inFavor, index, test.deciding().inFavor()) < JudgedTest.ALPHA) {
            return new JudgedTest(test, Verdict.CONFIRMED);
        }
        double opposite = tested.ofAny(test.deciding().against());
        return corrected(against, index, opposite) < JudgedTest.ALPHA
                ? new JudgedTest(test, Verdict.REFUTED)
                : new JudgedTest(test, Verdict.UNDECIDED);
    }

    private static double corrected(double[] family, int index, double p) {
        double[] with = Arrays.copyOf(family, family.length);
        with[index] = p;
        return Holm.correct(with)[index];
    }

    private static Verdict combined(List<JudgedTest> tests) {
        if (tests.stream().anyMatch(test -> test.verdict() == Verdict.REFUTED)) {
            return Verdict.REFUTED;
        }
        return tests.stream().allMatch(test -> test.verdict() == Verdict.CONFIRMED)
                ? Verdict.CONFIRMED
                : Verdict.UNDECIDED;
    }

    /** The reason why this sweep cannot test a claim. */
    private Optional<String> obstacle(Claim claim) {
        if (claim.notTested().isPresent()) {
            return claim.notTested();
        }
        boolean chosenOnTest = results.dataset().validation().equals("test")
                && claim.tests().stream()
                        .filter(test -> test.metric().map(Metric::isOfTest).orElse(false))
                        .flatMap(this::runs)
                        .anyMatch(EarlyStops::in);
        return chosenOnTest
                ? Optional.of("The test images chose the epochs that early stopping went back to, so they cannot judge"
                        + " them. A suite that holds images out for validation can.")
                : Optional.empty();
    }

    /** The last epochs before a stop are those that did not improve. */
    private String stopped(Claim claim) {
        String names = claim.tests().stream()
                .filter(test -> test.metric().map(metric -> !metric.isOfTest()).orElse(true))
                .flatMap(this::runs)
                .filter(EarlyStops::in)
                .map(RunResults::name)
                .distinct()
                .collect(Collectors.joining(", "));
        return names.isEmpty()
                ? ""
                : "Early stopping ended " + names + ": its last epochs are those that no longer improved, which makes"
                        + " their figures look worse than the weights that it went back to. Compare test_loss or"
                        + " test_accuracy on data that validation left out.";
    }

    private Stream<RunResults> runs(ClaimTest test) {
        return test.runs().stream().flatMap(name -> results.run(name).stream());
    }

    /** How often the epochs overfitted that a claim names. */
    private String overfitting(Claim claim) {
        return claim.tests().stream()
                .filter(ClaimTest.Overfitting.class::isInstance)
                .map(ClaimTest.Overfitting.class::cast)
                .map(test -> {
                    OverfittingEpochs epochs = new OverfittingEpochs(test.epochs());
                    RunResults run = results.run(test.run()).orElseThrow();
                    OverfittingEpochs.Count marked = epochs.marked(run);
                    OverfittingEpochs.Count others = epochs.others(run);
                    return "Validation loss of " + run.name() + " rose while training loss fell in "
                            + marked.overfitted() + " of " + marked.looked() + " epochs numbered " + epochs.names()
                            + ", and in " + others.overfitted() + " of " + others.looked() + " others.";
                })
                .collect(Collectors.joining(" "));
    }
}
