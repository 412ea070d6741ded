package dev.convoke.report.profile;

import java.util.Arrays;

/**
 * Median and quartiles of a series of times.
 *
 * @param lower a quarter of the times is below it
 * @param median half of the times is below it
 * @param upper three quarters of the times are below it
 */
public record Timing(double lower, double median, double upper) {
    /** The quartiles, interpolated between neighbors. */
    static Timing of(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Timing(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
    }

    /** The quartiles of those at {@code places}. */
    static Timing of(long[] nanos, int[] places) {
        return of(Arrays.stream(places).mapToLong(place -> nanos[place]).toArray());
    }

    private static double at(long[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** The middle half of the times as a share of the median. */
    public double spread() {
        return (upper - lower) / median;
    }
}
