package dev.convoke.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Maps values to positions on an axis, from 0 to 1.
 *
 * @param low the value at 0
 * @param high the value at 1
 */
record Scale(Kind kind, double low, double high) {
    /** How values are spread along an axis. */
    enum Kind {
        LINEAR,
        /** For losses: equal factors take equal lengths. */
        LOGARITHMIC,
        /** For accuracies: equal factors of the error have equal lengths, so that 98 and 99 % are well separated. */
        ERROR
    }

    /** The smallest error that is distinguished from zero; an accuracy of 1 is drawn here. */
    private static final double LEAST_ERROR = 2e-4;
    /** The smallest loss that is distinguished from zero. */
    private static final double LEAST_LOSS = 1e-6;
    /** Margin beyond the outermost values, as a fraction of the axis. */
    private static final double ROOM = 0.05;
    /** With fewer round numbers than this on a logarithmic axis, evenly spaced ones are taken. */
    private static final int FEWEST_TICKS = 3;

    /** A scale with a small margin around {@code values}; values that are not finite are ignored. */
    static Scale around(Kind kind, double[] values) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            if (Double.isFinite(value)) {
                low = Math.min(low, transform(kind, value));
                high = Math.max(high, transform(kind, value));
            }
        }
        if (low > high) {
            return new Scale(kind, inverse(kind, 0), inverse(kind, 1));
        }
        double room = high > low ? ROOM * (high - low) : Math.max(Math.abs(high), 1) * ROOM;
        double bottom = kind == Kind.ERROR ? Math.max(0, low - room) : low - room;
        return new Scale(kind, inverse(kind, bottom), inverse(kind, high + room));
    }

    /** 0 at {@link #low}, 1 at {@link #high}, never outside. */
    double at(double value) {
        double bottom = transform(kind, low);
        double share = (transform(kind, value) - bottom) / (transform(kind, high) - bottom);
        return Math.max(0, Math.min(1, share));
    }

    /** Round values along the axis. */
    List<Double> ticks() {
        List<Double> round = switch (kind) {
            case LINEAR -> List.of();
            case LOGARITHMIC -> Ticks.logarithmic(low, high);
            case ERROR ->
                Ticks.logarithmic(1 - high, 1 - low).stream()
                        .map(error -> 1 - error)
                        .toList();
        };
        return round.size() >= FEWEST_TICKS ? round : Ticks.linear(low, high, 4);
    }

    /**
     * Those of the ticks whose labels do not touch on an axis of this length.
     *
     * @param length of the axis
     * @param apart least distance between two ticks, in the unit of the length
     */
    List<Double> ticks(double length, double apart) {
        List<Double> kept = new ArrayList<>();
        for (double tick : ticks()) {
            if (kept.isEmpty() || Math.abs(at(tick) - at(kept.get(kept.size() - 1))) * length >= apart) {
                kept.add(tick);
            }
        }
        return kept;
    }

    /** A tick label with just enough digits to distinguish it from adjacent ticks. */
    String label(double tick) {
        double shown = kind == Kind.ERROR ? 100 * tick : tick;
        String text = String.format(Locale.ROOT, "%.4f", shown);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    private static double transform(Kind kind, double value) {
        return switch (kind) {
            case LINEAR -> value;
            case LOGARITHMIC -> Math.log10(Math.max(value, LEAST_LOSS));
            case ERROR -> -Math.log10(Math.max(1 - value, LEAST_ERROR));
        };
    }

    private static double inverse(Kind kind, double position) {
        return switch (kind) {
            case LINEAR -> position;
            case LOGARITHMIC -> Math.pow(10, position);
            case ERROR -> 1 - Math.pow(10, -position);
        };
    }
}
