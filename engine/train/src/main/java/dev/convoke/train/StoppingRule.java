package dev.convoke.train;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Finds the best epoch and says when to stop, as {@link EarlyStopping} has it: an epoch that does not improve on the best adds
 * to the wait, and the run ends when the wait reaches the patience. Without early stopping the best epoch is the one of the
 * lowest validation loss, and nothing stops.
 */
final class StoppingRule {
    private static final EarlyStopping LOWEST_LOSS = new EarlyStopping(
            EarlyStopping.Monitor.VAL_LOSS,
            OptionalInt.empty(),
            0,
            false,
            0,
            OptionalDouble.empty(),
            OptionalDouble.empty());

    private final EarlyStopping rule;
    private double best;
    private int bestEpoch;
    private int waited;
    private int epochs;
    private boolean reached;

    private StoppingRule(EarlyStopping rule) {
        this.rule = rule;
        this.best = rule.monitor().worst();
    }

    /** The rule as it stands after {@code history}. */
    static StoppingRule after(List<EpochMetrics> history, Optional<EarlyStopping> earlyStopping) {
        StoppingRule stopping = new StoppingRule(earlyStopping.orElse(LOWEST_LOSS));
        history.forEach(stopping::add);
        return stopping;
    }

    void add(EpochMetrics epoch) {
        EarlyStopping.Monitor monitor = rule.monitor();
        double value = monitor.of(epoch);
        epochs = epoch.epoch();
        reached = rule.target().isPresent()
                && monitor.reaches(value, rule.target().getAsDouble());
        if (epochs <= rule.fromEpoch()) {
            // Until one counts, the latest is what the run would end with.
            bestEpoch = epochs;
            return;
        }
        waited++;
        boolean improves = monitor.improves(value, best, rule.minDelta());
        if (improves || bestEpoch <= rule.fromEpoch()) {
            bestEpoch = epochs;
        }
        if (improves) {
            best = value;
            boolean passesBaseline = rule.baseline().isEmpty()
                    || monitor.improves(value, rule.baseline().getAsDouble(), rule.minDelta());
            waited = passesBaseline ? 0 : waited;
        }
    }

    boolean shouldStop() {
        // Keras never stops after the first epoch because of exhausted patience.
        boolean impatient =
                rule.patience().isPresent() && waited >= rule.patience().getAsInt() && epochs > 1;
        return reached || impatient;
    }

    /** From 1; 0 before the first epoch. */
    int bestEpoch() {
        return bestEpoch;
    }

    boolean restoresBest() {
        return rule.restoreBest();
    }
}
