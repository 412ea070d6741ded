/** The values, claims and flaws of the Keras report on MNIST that the built-in suites reproduce. */
@org.jspecify.annotations.NullMarked
package dev.convoke.report.published;
