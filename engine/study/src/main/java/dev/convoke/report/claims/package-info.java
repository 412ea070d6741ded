/**
 * How each claim of the report is judged. The rules were set before any sweep was run.
 *
 * <ul>
 *   <li>The figure of a run and seed is the median over its last five epochs.
 *   <li>Two runs are compared seed by seed: a paired t test, one-sided in the claimed direction.
 *   <li>'Does not differ much' is an equivalence within 0.2 points of accuracy, by two one-sided tests.
 *   <li>'The best of all' is an intersection-union test: the claim's p is the largest of its p against every rival.
 *   <li>Holm's correction runs over all tests of a sweep; the tests of the opposite direction are a second family.
 *   <li>Confirmed: every part is significant at 0.05. Refuted: a part is significant the other way. Else undecided.
 *   <li>Fewer than five seeds test nothing: undecided, with the smallest effect that they could have shown.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.claims;
