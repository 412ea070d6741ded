package dev.convoke.report.chart;

import java.util.ArrayList;
import java.util.List;

/** Round numbers within a range. */
final class Ticks {
    /** A tick this far past the end, in steps, still counts as on it: rounding alone puts it there. */
    private static final double SLACK = 1e-9;

    private Ticks() {}

    /** Multiples of 1, 2 or 5 times a power of ten, about {@code wanted} of them. */
    static List<Double> linear(double low, double high, int wanted) {
        double step = step((high - low) / wanted);
        // If all values are equal, or so large that a step is lost in rounding.
        if (!(step > Math.ulp(Math.max(Math.abs(low), Math.abs(high)))) || !Double.isFinite(step)) {
            return List.of(low);
        }
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step - SLACK); i * step <= high + SLACK * step; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** 1, 2 and 5 times each power of ten; only the powers where that would crowd the axis. */
    static List<Double> logarithmic(double low, double high) {
        List<Double> ticks = new ArrayList<>();
        boolean wide = high / low > 2000;
        for (int power = (int) Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
            for (int lead : wide ? new int[] {1} : new int[] {1, 2, 5}) {
                double tick = lead * Math.pow(10, power);
                if (tick >= low * (1 - SLACK) && tick <= high * (1 + SLACK)) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    private static double step(double rough) {
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double lead = rough / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }
}
