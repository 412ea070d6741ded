package dev.convoke.report.claims;

import dev.convoke.report.measure.LastEpochs;
import dev.convoke.report.statistics.DetectableEffect;
import dev.convoke.report.statistics.TwoGroups;
import dev.convoke.sweep.ClaimTest;
import dev.convoke.sweep.Study.Claim;
import java.util.ArrayList;
import java.util.List;

/** Descriptions of the statistical rules, for the report's section on methods. */
public final class ClaimRules {
    private ClaimRules() {}

    /** One rule a sentence or two, as far as these claims need them. */
    public static List<String> sentences(List<Claim> claims) {
        List<ClaimTest> tests =
                claims.stream().flatMap(claim -> claim.tests().stream()).toList();
        List<String> rules = new ArrayList<>();
        rules.add("The figure of a run and seed is the median over its last " + LastEpochs.COUNT
                + " epochs, because a single epoch moves by several tenths of a point; a figure of the test set is that of the"
                + " final weights, after early stopping those of the epoch that it went back to.");
        rules.add(
                "Two runs are compared seed by seed: a paired t test of the differences, one-sided in the claimed direction."
                        + " The same seed shares order, masks and augmentation, which need not make two runs move together; so Welch's"
                        + " test, which takes no account of seeds, stands beside it. Every difference has its 95 % interval.");
        rules.add(
                "Wilcoxon's signed-rank test stands beside every t test. It decides where the differences fall into two groups,"
                        + " each of at least two seeds, farther apart than " + (int) TwoGroups.APART
                        + " times the standard deviation within them: there a t test says nothing.");
        if (has(tests, ClaimTest.Equivalence.class)) {
            rules.add("An equivalence within a margin is shown by two one-sided tests, of which the weaker counts.");
        }
        if (has(tests, ClaimTest.BestOf.class)) {
            rules.add(
                    "The best of several must beat every rival: its p is the largest over all of them, and the table shows the"
                            + " nearest rival.");
        }
        if (has(tests, ClaimTest.Overfitting.class)) {
            rules.add(
                    "Overfitting at certain epochs means: by seed, validation loss rises while training loss falls at a larger"
                            + " share of these epochs than of the others.");
        }
        if (tests.stream()
                .anyMatch(test -> test instanceof ClaimTest.Difference difference
                        && difference.size().isPresent())) {
            rules.add(
                    "A difference of a claimed size is refuted where less is shown, and confirmed where a difference in the"
                            + " claimed direction is; one of 'at least' a size is confirmed only where that size is shown.");
        }
        if (claims.isEmpty()) {
            rules.add(
                    "The suite makes no claims. The run with the highest validation accuracy is compared with all others,"
                            + " two-sided; since it was picked by the same figures, Holm's correction runs over all pairs of runs.");
        } else {
            rules.add(
                    "A claim of several parts holds where all of them do, so its p is the largest of theirs; it fails where one"
                            + " fails, so the p of its opposite is the smallest times their number. Holm's correction runs over the"
                            + " claims, so that the chance of even one wrong confirmation stays below "
                            + JudgedTest.ALPHA
                            + "; refutations are a second family, corrected in the same way. The p of a single test in a table is not"
                            + " corrected, its verdict is.");
            rules.add("Confirmed: the corrected p is below " + JudgedTest.ALPHA
                    + ". Refuted: that of the opposite is. Otherwise undecided.");
        }
        rules.add("With fewer than " + RawTest.FEWEST_SEEDS + " seeds nothing is tested and the verdict is undecided.");
        rules.add("The smallest visible effect is the true difference that a test finds with probability "
                + DetectableEffect.POWER
                + " at the strictest level that the correction can ask. It rests on the standard"
                + " deviation of these few differences and is as uncertain as that is, for five seeds by a factor of 0.6 to 2.9;"
                + " a dash stands where the figure cannot differ by so much, or where the seeds fall into two groups. With one seed"
                + " it rests on the standard deviation from epoch to epoch.");
        rules.add(
                "All verdicts are about these images: seeds vary, the images do not. 'plan' says how many seeds a suite's claims"
                        + " need.");
        return rules;
    }

    private static boolean has(List<ClaimTest> tests, Class<? extends ClaimTest> form) {
        return tests.stream().anyMatch(form::isInstance);
    }
}
