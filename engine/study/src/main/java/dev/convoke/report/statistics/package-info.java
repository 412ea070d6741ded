/**
 * The few statistics that the report needs: the paired t test, equivalence by two one-sided tests, Holm's correction and
 * the smallest effect that a test can be relied upon to see.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.statistics;
