package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rates are those that Keras' {@code ReduceLROnPlateau} sets for the same losses, its code followed by hand. */
class PlateauTest {
    private static final double RATE = 0.1;
    /** Halving and multiplying by 0.1 are off by roundings of float64 alone. */
    private static final double ROUNDING = 1e-15;

    /** The rate that each epoch is trained at, where the schedule's is always {@link #RATE}. */
    private static double[] rates(Plateau plateau, double... losses) {
        List<EpochMetrics> history = new ArrayList<>();
        double[] rates = new double[losses.length];
        for (int i = 0; i < losses.length; i++) {
            rates[i] = RATE * plateau.scaleAfter(history);
            history.add(new EpochMetrics(i + 1, 0, rates[i], 0, 0, 0, losses[i], losses[i], 0));
        }
        return rates;
    }

    private static Plateau plateau(int patience, int cooldown, double minimum) {
        return new Plateau(EarlyStopping.Monitor.VAL_LOSS, 0.5, patience, 1e-4, cooldown, minimum);
    }

    private static void assertRates(double[] actual, double... expected) {
        assertArrayEquals(expected, actual, ROUNDING);
    }

    @Test
    void theRateFallsAfterAsManyEpochsWithoutImprovementAsThePatience() {
        assertRates(rates(plateau(2, 0, 0), 1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9), 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.025);
    }

    @Test
    void anImprovementStartsTheWaitAnew() {
        assertRates(rates(plateau(2, 0, 0), 1, 1, 0.9, 0.9, 0.9, 0.8), 0.1, 0.1, 0.1, 0.1, 0.1, 0.05);
    }

    @Test
    void lessThanTheMinimalDifferenceIsNoImprovement() {
        assertRates(rates(plateau(1, 0, 0), 1, 0.99995, 1), 0.1, 0.1, 0.05);
    }

    @Test
    void epochsOfTheCooldownDoNotCount() {
        assertRates(rates(plateau(1, 2, 0), 1, 1, 1, 1, 1, 1), 0.1, 0.1, 0.05, 0.05, 0.025, 0.025);
    }

    @Test
    void theRateStopsAtItsMinimum() {
        assertRates(rates(plateau(1, 0, 0.03), 1, 1, 1, 1, 1), 0.1, 0.1, 0.05, 0.03, 0.03);
    }

    @Test
    void aFactorThatWouldRaiseTheRateIsRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> new Plateau(EarlyStopping.Monitor.VAL_LOSS, 1.5, 1, 0, 0, 0));
    }

    @Test
    void aRunHandsTheFactorToItsSessionAndReportsTheRateThatWasUsed() {
        ScriptedBackend backend = ScriptedBackend.validating(1, 1, 1, 0.5, 0.5);
        TrainConfig config = TinyRun.config(
                UpdateRule.of(Optimizer.Sgd.DEFAULT),
                new Schedule.Constant(RATE),
                5,
                Optional.empty(),
                Optional.of(plateau(2, 0, 0)));
        TrainResult result = TinyRun.train(backend, TinyRun.job(config));
        assertEquals(
                List.of(0.1, 0.1, 0.1, 0.05, 0.05),
                result.history().stream().map(EpochMetrics::learningRate).toList());
        assertEquals(List.of(1.0, 1.0, 1.0, 0.5, 0.5, 0.5), backend.scales);
    }
}
