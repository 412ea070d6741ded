package dev.convoke.bench.peers;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One engine's result in a table.
 *
 * @param competitor the engine
 * @param standing the outcome
 * @param rates images per second by round; null if it was not measured
 * @param beside the reference's images per second in the same rounds; null if there is none
 * @param check the value compared with the reference: the first step's loss, or the largest difference of a prediction
 * @param remark why it was not measured, or what is wrong; may be empty
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
