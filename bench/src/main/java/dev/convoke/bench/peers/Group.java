package dev.convoke.bench.peers;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rows that were measured in alternation: one table.
 *
 * @param section training or inference
 * @param run whose network
 * @param batch images a step
 * @param threads of every engine
 * @param state from which weights
 * @param liveWindows share of live pooling windows by layer; empty for inference
 * @param takenAgain turns that did not count, since the threads shared no cache
 * @param rows one for each engine
 */
record Group(
        Settings.Section section,
        String run,
        int batch,
        int threads,
        WeightState state,
        Map<String, Double> liveWindows,
        int takenAgain,
        List<Row> rows) {
    Group {
        rows = List.copyOf(rows);
    }

    /** The row that the others are compared with, where it was measured. */
    Optional<Rates> reference() {
        return rows.stream()
                .filter(row -> row.competitor().name().equals(Competitor.REFERENCE))
                .flatMap(row -> Optional.ofNullable(row.rates()).stream())
                .findFirst();
    }
}
