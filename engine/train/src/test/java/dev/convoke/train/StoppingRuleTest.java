package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class StoppingRuleTest {
    private static List<EpochMetrics> losses(double... losses) {
        List<EpochMetrics> history = new ArrayList<>();
        for (double loss : losses) {
            history.add(new EpochMetrics(history.size() + 1, 0, 0, 0, 0, 0, loss, loss, 1 - loss));
        }
        return history;
    }

    private static StoppingRule after(EarlyStopping.Monitor monitor, int patience, double minDelta, double... losses) {
        return StoppingRule.after(losses(losses), Optional.of(new EarlyStopping(monitor, patience, minDelta, false)));
    }

    @Test
    void itStopsWhenAsManyEpochsAsThePatienceBringNothing() {
        assertFalse(after(EarlyStopping.Monitor.VAL_LOSS, 2, 0, 0.5, 0.6).shouldStop());
        assertTrue(after(EarlyStopping.Monitor.VAL_LOSS, 2, 0, 0.5, 0.6, 0.5).shouldStop());
    }

    @Test
    void anImprovementStartsTheWaitAnew() {
        assertFalse(
                after(EarlyStopping.Monitor.VAL_LOSS, 2, 0, 0.5, 0.6, 0.4, 0.6).shouldStop());
    }

    @Test
    void lessThanTheMinimalDifferenceIsNoImprovement() {
        StoppingRule rule = after(EarlyStopping.Monitor.VAL_LOSS, 1, 0.1, 0.5, 0.45);
        assertTrue(rule.shouldStop());
        assertEquals(1, rule.bestEpoch());
    }

    @Test
    void accuracyIsBetterWhenItIsHigher() {
        assertEquals(
                2,
                after(EarlyStopping.Monitor.VAL_ACCURACY, 9, 0, 0.5, 0.3, 0.4).bestEpoch());
    }

    @Test
    void withoutEarlyStoppingTheBestEpochHasTheLowestValidationLossAndNothingStops() {
        StoppingRule rule = StoppingRule.after(losses(0.5, 0.2, 0.3, 0.4, 0.5, 0.6), Optional.empty());
        assertEquals(2, rule.bestEpoch());
        assertFalse(rule.shouldStop());
    }

    private static StoppingRule after(int fromEpoch, double baseline, double target, double... losses) {
        EarlyStopping rule = new EarlyStopping(
                EarlyStopping.Monitor.VAL_LOSS,
                OptionalInt.of(2),
                0,
                true,
                fromEpoch,
                Double.isNaN(baseline) ? OptionalDouble.empty() : OptionalDouble.of(baseline),
                Double.isNaN(target) ? OptionalDouble.empty() : OptionalDouble.of(target));
        return StoppingRule.after(losses(losses), Optional.of(rule));
    }

    @Test
    void theFirstEpochsNeitherImproveNorWait() {
        assertFalse(after(3, Double.NaN, Double.NaN, 0.1, 0.2, 0.3, 0.5, 0.6).shouldStop());
        StoppingRule stopped = after(3, Double.NaN, Double.NaN, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7);
        assertTrue(stopped.shouldStop());
        assertEquals(4, stopped.bestEpoch());
        assertEquals(2, after(3, Double.NaN, Double.NaN, 0.1, 0.2).bestEpoch(), "the run would end with its last");
    }

    @Test
    void anImprovementThatDoesNotPassTheBaselineDoesNotEndTheWait() {
        StoppingRule above = after(0, 0.4, Double.NaN, 0.6, 0.5);
        assertTrue(above.shouldStop());
        assertEquals(2, above.bestEpoch());
        assertFalse(after(0, 0.4, Double.NaN, 0.6, 0.3, 0.5).shouldStop());
        assertFalse(after(0, 0.4, Double.NaN, 0.6).shouldStop(), "never after the first epoch");
    }

    @Test
    void aTargetThatIsReachedEndsTheRun() {
        assertFalse(after(0, Double.NaN, 0.3, 0.6, 0.4).shouldStop());
        assertTrue(after(0, Double.NaN, 0.3, 0.6, 0.3).shouldStop());
        assertTrue(after(9, Double.NaN, 0.3, 0.2).shouldStop());
    }

    @Test
    void aBaselineNeedsAPatience() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new EarlyStopping(
                        EarlyStopping.Monitor.VAL_LOSS,
                        OptionalInt.empty(),
                        0,
                        false,
                        0,
                        OptionalDouble.of(1),
                        OptionalDouble.empty()));
    }

    @Test
    void beforeTheFirstEpochThereIsNoBest() {
        assertEquals(0, StoppingRule.after(List.of(), Optional.empty()).bestEpoch());
    }
}
