package dev.convoke.sweep;

/**
 * A run that misses a bound. Exit code 7.
 *
 * @param run its name
 * @param metric the metric
 * @param value mean over the run's seeds; NaN if not every seed was completed
 * @param bound as text: {@code >= 0.98}
 */
public record GateFailure(String run, Metric metric, double value, String bound) {
    /** One line: run, value and bound. */
    @Override
    public String toString() {
        return Double.isNaN(value)
                ? run + ": has no " + metric.label() + ", since not every seed was completed; required " + bound
                : run + ": " + metric.label() + " is " + value + "; required " + bound;
    }
}
