package dev.convoke.report.measure;

import dev.convoke.report.statistics.Interval;
import dev.convoke.sweep.Metric;
import java.util.Locale;

/** Formats numbers for display, independent of the locale. Unknown values are a dash. */
public final class Formats {
    /** Text for an unknown value. */
    public static final String NONE = "–";
    /** Below this value a p value is shown as "smaller than". */
    private static final double SMALLEST_P = 0.001;
    /** Losses of at least this size are shown with fewer decimals. */
    private static final double LARGE = 100;

    private Formats() {}

    /** Fixed decimals, with a true minus sign; a zero has none. */
    public static String fixed(double value, int decimals) {
        if (Double.isNaN(value)) {
            return NONE;
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "∞" : "−∞";
        }
        String text = String.format(Locale.ROOT, "%." + decimals + "f", Math.abs(value));
        boolean zero = text.chars().allMatch(c -> c == '0' || c == '.');
        return value < 0 && !zero ? "−" + text : text;
    }

    /** As {@link #fixed}, with a plus sign where there is no minus. */
    public static String signed(double value, int decimals) {
        String text = fixed(value, decimals);
        return Double.isNaN(value) || text.startsWith("−") ? text : "+" + text;
    }

    /** A share of 1 in percent with two decimals, without the sign. */
    public static String percent(double share) {
        return fixed(100 * share, 2);
    }

    /** A loss. */
    public static String loss(double loss) {
        return fixed(loss, Math.abs(loss) >= LARGE ? 1 : 4);
    }

    /** A figure of that metric: percent or loss. */
    public static String value(Metric metric, double value) {
        return metric.isAccuracy() ? percent(value) : loss(value);
    }

    /** A difference of two figures of that metric, with its unit. */
    public static String difference(Metric metric, double difference) {
        return metric.isAccuracy() ? signed(100 * difference, 2) + " points" : signed(difference, 4);
    }

    /** A size without a sign, with its unit. */
    public static String size(Metric metric, double size) {
        if (!metric.isAccuracy()) {
            return fixed(size, 3);
        }
        // With as few decimals as needed: 0.3 points, but 0.25.
        String tenths = fixed(100 * size, 1);
        return (Math.abs(Double.parseDouble(tenths) - 100 * size) < 1e-9 ? tenths : fixed(100 * size, 2)) + " points";
    }

    /** An interval of differences of that metric, in the unit of {@link #difference}. */
    public static String interval(Metric metric, Interval interval) {
        return interval(interval, metric.isAccuracy() ? 100 : 1, metric.isAccuracy() ? 2 : 4);
    }

    /** An interval whose ends are shown times {@code factor}; a dash where there is none. */
    public static String interval(Interval interval, double factor, int decimals) {
        return interval.isKnown()
                ? "[" + signed(factor * interval.low(), decimals) + ", " + signed(factor * interval.high(), decimals)
                        + "]"
                : NONE;
    }

    /** A p value. */
    public static String p(double p) {
        return p < SMALLEST_P ? "< 0.001" : fixed(p, 3);
    }

    /** A count with its thousands apart. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** A duration in the two units that matter. */
    public static String duration(double seconds) {
        if (!Double.isFinite(seconds)) {
            return NONE;
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return seconds < 10 ? fixed(seconds, 1) + " s" : whole + " s";
        }
        if (whole < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
        }
        return String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }
}
