/**
 * Statistical tests of a suite's claims.
 *
 * <ul>
 * <li>The value of a run and seed is the median over its last five epochs, or the test metric of its final weights.
 * <li>Two runs are compared seed by seed: a paired t test, one-sided in the claimed direction, together with a signed-rank
 * test, which decides if the differences fall into two groups.
 * <li>A claim is a conjunction: its p is the largest of its parts (intersection-union test).
 * <li>Holm's correction is applied over the claims of a sweep; refutations are a second family.
 * <li>Confirmed: the corrected p is below 0.05. Refuted: that of the opposite is. Otherwise undecided.
 * <li>With fewer than five seeds nothing is tested: undecided, with the smallest effect that could have been detected.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.claims;
