package dev.convoke.report.statistics;

/**
 * From {@code low} to {@code high}, ends included.
 *
 * @param low NaN where there is no interval
 * @param high NaN likewise
 */
public record Interval(double low, double high) {
    /** The level of every interval that is printed. */
    public static final double LEVEL = 0.95;

    /** Whether there is an interval. */
    public boolean isKnown() {
        return !Double.isNaN(low) && !Double.isNaN(high);
    }

    /** Whether the interval is known and contains {@code value}. */
    public boolean holds(double value) {
        return low <= value && value <= high;
    }
}
