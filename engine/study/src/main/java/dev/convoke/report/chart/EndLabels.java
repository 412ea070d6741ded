package dev.convoke.report.chart;

/** Places labels in a column next to the ends of their lines without overlap. */
final class EndLabels {
    private EndLabels() {}

    /**
     * Positions as close to {@code wanted} as the minimum {@code gap} allows, within {@code top} and {@code bottom} if they
     * fit.
     *
     * @param wanted in increasing order
     */
    static double[] place(double[] wanted, double gap, double top, double bottom) {
        double[] placed = wanted.clone();
        for (int sweep = 0; sweep < placed.length; sweep++) {
            separate(placed, gap);
        }
        for (int i = placed.length - 1; i >= 0; i--) {
            double limit = i == placed.length - 1 ? bottom : placed[i + 1] - gap;
            placed[i] = Math.min(placed[i], limit);
        }
        for (int i = 0; i < placed.length; i++) {
            double limit = i == 0 ? top : placed[i - 1] + gap;
            placed[i] = Math.max(placed[i], limit);
        }
        return placed;
    }

    /** Moves each pair that is too close apart by half of what lacks. */
    private static void separate(double[] placed, double gap) {
        for (int i = 1; i < placed.length; i++) {
            double lack = placed[i - 1] + gap - placed[i];
            if (lack > 0) {
                placed[i - 1] -= lack / 2;
                placed[i] += lack / 2;
            }
        }
    }
}
