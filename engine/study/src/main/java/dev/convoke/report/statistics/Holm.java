package dev.convoke.report.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holm's step-down correction (Holm 1979, Scandinavian Journal of Statistics 6): the probability of at least one false
 * discovery in the family stays below alpha, for any dependence between the tests.
 */
public final class Holm {
    private Holm() {}

    /**
     * Corrected p values, in the order given: the i-th smallest of m times (m - i + 1), never below its predecessor, at
     * most 1. NaN stays NaN and does not count towards m.
     */
    public static double[] correct(double... p) {
        List<Integer> order = IntStream.range(0, p.length)
                .filter(i -> !Double.isNaN(p[i]))
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .toList();
        double[] corrected = p.clone();
        double floor = 0;
        for (int rank = 0; rank < order.size(); rank++) {
            int index = order.get(rank);
            floor = Math.max(floor, Math.min(1, p[index] * (order.size() - rank)));
            corrected[index] = floor;
        }
        return corrected;
    }
}
