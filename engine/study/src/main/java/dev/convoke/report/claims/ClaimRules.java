package dev.convoke.report.claims;

import dev.convoke.report.measure.LastEpochs;
import dev.convoke.report.statistics.DetectableEffect;
import java.util.List;

/** The rules of judgement in words, for the report's chapter on method. */
public final class ClaimRules {
    private ClaimRules() {}

    /** One rule a sentence or two. */
    public static List<String> sentences() {
        return List.of(
                "The figure of a run and seed is the median over its last " + LastEpochs.COUNT
                        + " epochs, because a single epoch moves by several tenths of a point. Epochs after an early stop"
                        + " do not exist; the last ones trained count.",
                "That holds for C5 too. Early stopping goes back to the weights of its best epoch, but the runs are judged on"
                        + " the last epochs trained: the best epoch was chosen for its validation loss, so its own figure"
                        + " would flatter it beside runs that were not chosen so.",
                "Two runs are compared seed by seed: a paired t test of the differences, one-sided in the claimed"
                        + " direction.",
                "'Hardly differs' means within " + 100 * ClaimPlans.MARGIN
                        + " points of accuracy, shown by two one-sided tests of which the weaker counts.",
                "'The best of all' must beat every rival: its p is the largest over all of them (intersection-union test),"
                        + " and the table shows the nearest rival.",
                "'Overfits at epochs 2, 5 and 9' means: by seed, validation loss rises while training loss falls at a larger"
                        + " share of these epochs than of the others.",
                "Holm's correction runs over all tests of the sweep, so that the chance of even one wrong confirmation stays"
                        + " below " + JudgedTest.ALPHA
                        + "; tests of the opposite direction form a second family, corrected"
                        + " in the same way.",
                "Confirmed: every part is significant in the claimed direction. Refuted: a part is significant in the"
                        + " opposite direction, or lies outside the margin. Otherwise undecided.",
                "With fewer than " + RawTest.FEWEST_SEEDS + " seeds nothing is tested and the verdict is undecided.",
                "The smallest visible effect is the true difference that a test finds with probability "
                        + DetectableEffect.POWER + " at the strictest level that the correction can ask, "
                        + JudgedTest.ALPHA
                        + " divided by the number of tests: from the standard deviation of the paired differences and the"
                        + " noncentral t distribution. For an equivalence it is the distance that would be seen to lie"
                        + " outside the margin. With one seed it rests on the standard deviation from epoch to epoch and the"
                        + " normal distribution, and says nothing of the spread between seeds.",
                "Other data than MNIST, by its digest, other validation images, or a run whose settings are not those of the"
                        + " built-in suite of that name: not comparable.",
                "A figure of the notebook stands beside ours only where its run was trained with the same settings and"
                        + " validated on the same images.");
    }
}
