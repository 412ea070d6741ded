package dev.convoke.bench.peers;

import org.jspecify.annotations.Nullable;

/**
 * One engine's result in a table.
 *
 * @param competitor whose
 * @param rates images a second by round; null where it was not measured
 * @param check what was held against the reference: the first step's loss, or the largest difference of an answer
 * @param remark why it was not measured, or what is wrong; empty where all is well
 */
record Row(Competitor competitor, @Nullable Rates rates, double check, String remark) {
    static Row unsupported(Competitor competitor, String reason) {
        return new Row(competitor, null, Double.NaN, reason);
    }
}
