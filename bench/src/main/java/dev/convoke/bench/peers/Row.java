package dev.convoke.bench.peers;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One engine's result in a table.
 *
 * @param competitor whose
 * @param standing what became of it
 * @param rates images a second by round; null where it was not measured
 * @param beside the reference's images a second in the same rounds, right beside this engine; null where there is none
 * @param check what was held against the reference: the first step's loss, or the largest difference of an answer
 * @param remark why it was not measured, or what is wrong; empty where all is well
 */
record Row(
        Competitor competitor,
        EngineOutcome standing,
        @Nullable Rates rates,
        @Nullable Rates beside,
        double check,
        String remark) {
    static Row without(Competitor competitor, EngineOutcome standing, String reason) {
        return new Row(competitor, standing, null, null, Double.NaN, reason);
    }

    /** How many times as fast as this engine the reference is, by round; empty for the reference and what has no figures. */
    Optional<Rates> ratios() {
        if (rates == null || beside == null || competitor.isReference()) {
            return Optional.empty();
        }
        return Optional.of(beside.over(rates));
    }

    /** Whether it may be the one that Convoke is compared with: another engine that did the same work. */
    boolean isRival() {
        return standing == EngineOutcome.MEASURED && !competitor.isConvoke() && ratios().isPresent();
    }
}
