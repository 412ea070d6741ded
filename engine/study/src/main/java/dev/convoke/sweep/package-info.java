/** Suites of runs: their YAML form, the run store, the executor, and what they leave behind. */
@org.jspecify.annotations.NullMarked
package dev.convoke.sweep;
