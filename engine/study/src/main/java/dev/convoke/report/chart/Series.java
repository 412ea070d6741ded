package dev.convoke.report.chart;

import java.util.Arrays;
import java.util.Optional;

/**
 * One line of a chart. Points that are not finite leave a gap.
 *
 * @param label at its end; empty for none
 * @param x rising
 * @param y as many
 * @param band lowest and highest value at each x; empty where there is no spread to show
 */
public record Series(String label, Hue hue, Stroke stroke, double[] x, double[] y, Optional<Band> band) {
    /** How a line is drawn. */
    public enum Stroke {
        /** Ours. */
        SOLID("line"),
        /** The published one. */
        DASHED("line dashed"),
        /** In the background, for orientation. */
        FAINT("line faint");

        private final String cssClass;

        Stroke(String cssClass) {
            this.cssClass = cssClass;
        }

        String cssClass() {
            return cssClass;
        }
    }

    /** Lowest and highest value at each x. */
    public record Band(double[] low, double[] high) {}

    public Series {
        if (x.length != y.length) {
            throw new IllegalArgumentException(x.length + " x for " + y.length + " y");
        }
    }

    /** A line without a band. */
    public static Series line(String label, Hue hue, Stroke stroke, double[] x, double[] y) {
        return new Series(label, hue, stroke, x, y, Optional.empty());
    }

    /** Index of the last finite point; -1 for none. */
    int last() {
        for (int i = y.length - 1; i >= 0; i--) {
            if (Double.isFinite(y[i])) {
                return i;
            }
        }
        return -1;
    }

    /** Everything that must fit on the y axis. */
    double[] extent() {
        return band.map(b -> {
                    double[] all = Arrays.copyOf(y, 3 * y.length);
                    System.arraycopy(b.low(), 0, all, y.length, y.length);
                    System.arraycopy(b.high(), 0, all, 2 * y.length, y.length);
                    return all;
                })
                .orElse(y);
    }
}
