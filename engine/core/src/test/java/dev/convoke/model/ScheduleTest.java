package dev.convoke.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Ten steps an epoch, a hundred steps in all; values worked out by hand. */
class ScheduleTest {
    /** Rates of at most 1 after a handful of float64 operations, each off by about 1e-16, a cosine or a power among them. */
    private static final double ROUNDING = 1e-14;

    private static final int EPOCH = 10;
    private static final long RUN = 100;

    @Test
    void constantStays() {
        assertRates(new Schedule.Constant(0.001), 0, 0.001, 99, 0.001);
    }

    @Test
    void stepFallsAfterWholeEpochs() {
        assertRates(new Schedule.Step(0.8, 3, 0.5), 0, 0.8, 29, 0.8, 30, 0.4, 59, 0.4, 60, 0.2, 99, 0.1);
    }

    @Test
    void exponentialFallsFromStepToStep() {
        assertRates(new Schedule.Exponential(0.4, 0.25), 0, 0.4, 5, 0.2, 10, 0.1, 20, 0.025);
    }

    @Test
    void cosineIsHalfwayAtTheMiddle() {
        // At a quarter: 0.1 + 0.9 * (1 + cos 45 degrees) / 2
        assertRates(new Schedule.Cosine(1, 0.1), 0, 1, 25, 0.8681980515339464, 50, 0.55, 100, 0.1, 150, 0.1);
    }

    @Test
    void oneCycleRisesToItsPeakAndFallsBelowItsStart() {
        // From 1/10 to 1 over 40 steps, to 1/1000 over 60.
        assertRates(new Schedule.OneCycle(1, 0.4, 10, 1000), 0, 0.1, 20, 0.55, 40, 1, 70, 0.5005, 100, 0.001);
    }

    @Test
    void warmUpRisesInAStraightLine() {
        Schedule.WarmUp warmUp = new Schedule.WarmUp(4, new Schedule.Constant(0.2));
        assertRates(warmUp, 0, 0.05, 1, 0.1, 2, 0.15, 3, 0.2, 4, 0.2, 50, 0.2);
        Schedule.WarmUp over = new Schedule.WarmUp(20, new Schedule.Step(0.2, 1, 0.5));
        assertRates(over, 9, 0.1, 10, 0.11, 19, 0.2, 29, 0.2, 30, 0.1);
    }

    /** What comes behind a warm-up begins there: its epochs, and the length of the run that it ends with. */
    @Test
    void whatFollowsAWarmUpHasTheRestOfTheRun() {
        Schedule.WarmUp cosine = new Schedule.WarmUp(20, new Schedule.Cosine(1, 0.1));
        assertRates(cosine, 0, 0.05, 19, 1, 20, 1, 40, 0.8681980515339464, 60, 0.55, 100, 0.1);
        // One cycle begins at a tenth of its peak.
        Schedule.WarmUp cycle = new Schedule.WarmUp(20, new Schedule.OneCycle(1, 0.5, 10, 1000));
        assertRates(cycle, 9, 0.05, 19, 0.1, 20, 0.1, 60, 1, 100, 0.001);
        assertEquals(0.5, new Schedule.WarmUp(200, new Schedule.Cosine(1, 0)).rate(99, EPOCH, RUN), ROUNDING);
    }

    @Test
    void aRunOfNoStepsHasARate() {
        assertEquals(1, new Schedule.Cosine(1, 0).rate(0, EPOCH, 0), ROUNDING);
    }

    @Test
    void ratesThatCannotBeAreRefusedByName() {
        assertRefused("learning rate", () -> new Schedule.Constant(0));
        assertRefused("learning rate", () -> new Schedule.Constant(Double.NaN));
        assertRefused("learning rate", () -> new Schedule.Constant(Double.POSITIVE_INFINITY));
        assertRefused("epochs", () -> new Schedule.Step(1, 0, 0.5));
        assertRefused("factor", () -> new Schedule.Step(1, 1, -0.5));
        assertRefused("decay", () -> new Schedule.Exponential(1, 0));
        assertRefused("minimum", () -> new Schedule.Cosine(1, -1));
        assertRefused("rise", () -> new Schedule.OneCycle(1, 1, 25, 1000));
        assertRefused("divisor", () -> new Schedule.OneCycle(1, 0.3, 0, 1000));
        assertRefused("warm-up", () -> new Schedule.WarmUp(0, new Schedule.Constant(1)));
        assertRefused("momentum", () -> new Optimizer.Sgd(1, false));
        assertRefused("nesterov", () -> new Optimizer.Sgd(0, true));
        assertRefused("rho", () -> new Optimizer.RmsProp(-0.1, 0, 1e-7));
        assertRefused("epsilon", () -> new Optimizer.RmsProp(0.9, 0, 0));
        assertRefused("beta2", () -> new Optimizer.Adam(0.9, 1, 1e-7));
        assertRefused("weight decay", () -> new Optimizer.AdamW(0.9, 0.999, 1e-7, -1));
        assertRefused("penalties", () -> new Penalty(-1, 0));
        assertRefused("penalties", () -> new Penalty(0, Double.POSITIVE_INFINITY));
    }

    @Test
    void defaultsAreKeras() {
        assertEquals(new Optimizer.Adam(0.9, 0.999, 1e-7), Optimizer.Adam.DEFAULT);
        assertEquals(new Optimizer.RmsProp(0.9, 0, 1e-7), Optimizer.RmsProp.DEFAULT);
        assertEquals(new Optimizer.Sgd(0, false), Optimizer.Sgd.DEFAULT);
        assertEquals(new Optimizer.AdamW(0.9, 0.999, 1e-7, 0.004), Optimizer.AdamW.DEFAULT);
        assertEquals(0.3, new Activation("a", ActivationFunction.LEAKY_RELU).slope());
    }

    /** Steps and rates by turns. */
    private static void assertRates(Schedule schedule, double... stepsAndRates) {
        for (int i = 0; i < stepsAndRates.length; i += 2) {
            long step = (long) stepsAndRates[i];
            assertEquals(stepsAndRates[i + 1], schedule.rate(step, EPOCH, RUN), ROUNDING, "step " + step);
        }
    }

    private static void assertRefused(String named, Executable construction) {
        ModelException refusal = assertThrows(ModelException.class, construction);
        assertTrue(String.valueOf(refusal.getMessage()).contains(named), refusal.getMessage());
        assertEquals(List.of(), refusal.getMessage().lines().skip(1).toList(), "one line");
    }
}
