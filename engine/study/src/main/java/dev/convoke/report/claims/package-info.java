/**
 * How the claims of a suite are judged.
 *
 * <ul>
 *   <li>The figure of a run and seed is the median over its last five epochs, or that of its final weights on the test set.
 *   <li>Two runs are compared seed by seed: a paired t test, one-sided in the claimed direction, with a signed-rank test
 *       beside it that decides where the differences fall into two groups.
 *   <li>A claim is a conjunction: its p is the largest of its parts (intersection-union test).
 *   <li>Holm's correction runs over the claims of a sweep; refutations are a second family.
 *   <li>Confirmed: the corrected p is below 0.05. Refuted: that of the opposite is. Else undecided.
 *   <li>Fewer than five seeds test nothing: undecided, with the smallest effect that they could have shown.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.claims;
