package dev.convoke.backend.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convoke.backend.Networks;
import dev.convoke.model.Dense;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.OptimizerSlot;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.UpdateRule;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import org.junit.jupiter.api.Test;

/** Two steps of each optimizer on one weight that starts at 1, gradients 0.5 and then -0.25, rate 0.1, by hand. */
class ReferenceOptimizerTest {
    /** Literals below carry twelve digits. */
    private static final double DIGITS = 1e-11;

    private static final double RATE = 0.1;

    @Test
    void plainGradientDescent() {
        // 1 - 0.1 * 0.5; 0.95 + 0.1 * 0.25
        assertSteps(Optimizer.Sgd.DEFAULT, Penalty.NONE, 0.95, 0.975);
    }

    @Test
    void momentum() {
        // v = -0.05, w = 0.95; v = 0.9 * -0.05 + 0.025 = -0.02, w = 0.93
        assertSteps(new Optimizer.Sgd(0.9, false), Penalty.NONE, 0.95, 0.93);
    }

    @Test
    void nesterov() {
        // v = -0.05, w = 1 - 0.045 - 0.05; v = -0.02, w = 0.905 - 0.018 + 0.025
        assertSteps(new Optimizer.Sgd(0.9, true), Penalty.NONE, 0.905, 0.912);
    }

    @Test
    void rmsProp() {
        // s = 0.1 * 0.25 = 0.025, root 0.158113883008; w = 1 - 0.05 / 0.168113883008
        // s = 0.0225 + 0.00625 = 0.02875, root 0.169558249578; w += 0.025 / 0.179558249578
        assertSteps(new Optimizer.RmsProp(0.9, 0, 0.01), Penalty.NONE, 0.702582564240, 0.841813148514);
    }

    @Test
    void rmsPropWithMomentum() {
        // s = 0.025, root of 0.035 is 0.187082869339; v = 0.05 / 0.187082869339 = 0.267261241912
        // s = 0.02875, root of 0.03875 is 0.196850196850; v = 0.5 * 0.267261241912 - 0.025 / 0.196850196850
        assertSteps(new Optimizer.RmsProp(0.9, 0.5, 0.01), Penalty.NONE, 0.732738758088, 0.726108264132);
    }

    @Test
    void adam() {
        // m = 0.05, v = 0.00025; factor sqrt(0.001) / 0.1 = 0.316227766017; root 0.0158113883008
        // m = 0.02, v = 0.00031225; factor sqrt(0.001999) / 0.19 = 0.235316725327; root 0.0176705970471
        assertSteps(new Optimizer.Adam(0.9, 0.999, 0.001), Penalty.NONE, 0.905948348715, 0.880741149959);
    }

    @Test
    void adamWithDecoupledDecay() {
        // As Adam, each step first taking 0.1 * 0.2 of the weight away:
        // 0.98 - 0.094051651285; 0.98 * 0.885948348715 - 0.025207198756
        assertSteps(new Optimizer.AdamW(0.9, 0.999, 0.001, 0.2), Penalty.NONE, 0.885948348715, 0.843022182985);
    }

    @Test
    void penaltiesPullAtTheWeight() {
        // g = 0.5 + 0.01 + 2 * 0.05 * 1 = 0.61; then -0.25 + 0.01 + 0.1 * 0.939 = -0.1461
        assertSteps(Optimizer.Sgd.DEFAULT, new Penalty(0.01, 0.05), 0.939, 0.95361);
    }

    @Test
    void aPenaltyOfZeroWeightsPullsNowhere() {
        Fixture fixture = new Fixture(Optimizer.Sgd.DEFAULT, new Penalty(0.3, 0), 0);
        fixture.step(0);
        assertEquals(0, fixture.weight());
    }

    @Test
    void theReportedPenaltyIsTheSumOverKernels() {
        Fixture fixture = new Fixture(Optimizer.Sgd.DEFAULT, new Penalty(0.01, 0.05), -2);
        // Both kernel weights are -2; the biases, 9 each, do not count: 2 * (0.01 * 2 + 0.05 * 4)
        assertEquals(0.44, fixture.optimizer.penalty(fixture.parameters), DIGITS);
    }

    @Test
    void rmsPropOfKerasHasItsEpsilonInTheRoot() {
        // Roots as with momentum: 1 - 0.05 / 0.187082869339; + 0.025 / 0.196850196850
        Optimizer keras = new Optimizer.RmsProp(0.9, 0, 0.01, Optimizer.RmsProp.Version.KERAS);
        assertSteps(keras, Penalty.NONE, 0.732738758088, 0.859738885088);
    }

    @Test
    void biasesDecayWhereAllDo() {
        Fixture kernels = new Fixture(new Optimizer.AdamW(0.9, 0.999, 0.001, 0.2), Penalty.NONE, 1);
        kernels.step(0.5);
        assertEquals(9, kernels.bias());
        Optimizer all = new Optimizer.AdamW(0.9, 0.999, 0.001, 0.2, Optimizer.AdamW.Decays.ALL);
        Fixture fixture = new Fixture(all, Penalty.NONE, 1);
        fixture.step(0.5);
        assertEquals(8.82, fixture.bias(), DIGITS); // 9 - 0.1 * 0.2 * 9
        assertEquals(0.885948348715, fixture.weight(), DIGITS);
    }

    @Test
    void aValueIsCutOnEitherSide() {
        // 1 - 0.1 * 0.2; 0.98 + 0.1 * 0.2
        Fixture fixture = Fixture.of(rule(new UpdateRule.Clipping(0.2, 0), 1, 0), Penalty.NONE, ParameterRule.NORMAL);
        fixture.step(0.5);
        assertEquals(0.98, fixture.weight(), DIGITS);
        fixture.step(-0.25);
        assertEquals(1, fixture.weight(), DIGITS);
    }

    @Test
    void aNormThatIsExceededIsScaledDown() {
        // Two gradients of 0.5 have a norm of 0.7071, and become 0.5 / sqrt(2) each; two of 0.25 stay below 0.5.
        Fixture fixture = Fixture.of(rule(new UpdateRule.Clipping(0, 0.5), 1, 0), Penalty.NONE, ParameterRule.NORMAL);
        fixture.step(0.5);
        assertEquals(0.964644660941, fixture.weight(), DIGITS);
        fixture.step(-0.25);
        assertEquals(0.989644660941, fixture.weight(), DIGITS);
    }

    @Test
    void penaltiesAreClippedWithTheGradient() {
        // 0.1 + 0.01 + 0.1 is 0.21, cut to 0.2
        Fixture fixture =
                Fixture.of(rule(new UpdateRule.Clipping(0.2, 0), 1, 0), new Penalty(0.01, 0.05), ParameterRule.NORMAL);
        fixture.step(0.1);
        assertEquals(0.98, fixture.weight(), DIGITS);
    }

    @Test
    void anAverageFollowsTheWeight() {
        // 0.9 * 1 + 0.1 * 0.95; 0.9 * 0.995 + 0.1 * 0.975
        Fixture fixture = Fixture.of(rule(UpdateRule.Clipping.NONE, 1, 0.9), Penalty.NONE, ParameterRule.NORMAL);
        fixture.step(0.5);
        assertEquals(0.995, fixture.average(), DIGITS);
        fixture.step(-0.25);
        assertEquals(0.993, fixture.average(), DIGITS);
    }

    @Test
    void gradientsOfAGroupAddUpUntilTheNextBegins() {
        Fixture fixture = Fixture.of(rule(UpdateRule.Clipping.NONE, 3, 0), Penalty.NONE, ParameterRule.NORMAL);
        assertEquals(0.5, fixture.accumulate(0.5, true));
        assertEquals(0.25, fixture.accumulate(-0.25, false));
        assertEquals(1.25, fixture.accumulate(1, false));
        assertEquals(-0.25, fixture.accumulate(-0.25, true));
    }

    @Test
    void aRateFactorTakesItsPartOfStepAndDecay() {
        ParameterRule slow = new ParameterRule(false, 0.5, true);
        Fixture sgd = Fixture.of(UpdateRule.of(Optimizer.Sgd.DEFAULT), Penalty.NONE, slow);
        sgd.step(0.5);
        assertEquals(0.975, sgd.weight(), DIGITS);
        Optimizer decaying = new Optimizer.AdamW(0.9, 0.999, 0.001, 0.2);
        Fixture adamW = Fixture.of(UpdateRule.of(decaying), Penalty.NONE, slow);
        adamW.step(0.5);
        assertEquals(1 - 0.5 * (1 - 0.885948348715), adamW.weight(), DIGITS); // half of what it is above
    }

    @Test
    void aLayerThatIsSparedDoesNotDecay() {
        ParameterRule spared = new ParameterRule(false, 1, false);
        Optimizer all = new Optimizer.AdamW(0.9, 0.999, 0.001, 0.2, Optimizer.AdamW.Decays.ALL);
        Fixture fixture = Fixture.of(UpdateRule.of(all), Penalty.NONE, spared);
        fixture.step(0.5);
        assertEquals(0.905948348715, fixture.weight(), DIGITS); // as Adam
        assertEquals(9, fixture.bias());
    }

    @Test
    void aFrozenLayerStaysAndItsPenaltyCounts() {
        Fixture fixture = Fixture.of(
                UpdateRule.of(new Optimizer.Sgd(0.9, false)),
                new Penalty(0.01, 0.05),
                new ParameterRule(true, 1, true));
        fixture.step(0.5);
        assertEquals(1, fixture.weight());
        assertEquals(9, fixture.bias());
        assertEquals(2 * (0.01 + 0.05), fixture.optimizer.penalty(fixture.parameters), DIGITS);
    }

    private static UpdateRule rule(UpdateRule.Clipping clipping, int accumulation, double averaging) {
        return new UpdateRule(Optimizer.Sgd.DEFAULT, clipping, accumulation, averaging);
    }

    private static void assertSteps(Optimizer spec, Penalty penalty, double afterOne, double afterTwo) {
        Fixture fixture = new Fixture(spec, penalty, 1);
        fixture.step(0.5);
        assertEquals(afterOne, fixture.weight(), DIGITS);
        fixture.step(-0.25);
        assertEquals(afterTwo, fixture.weight(), DIGITS);
    }

    /** A dense layer of one input and two units, kernel [2, 1] and bias [2], before another that gets no gradient. */
    private static final class Fixture {
        private final Plan plan;
        private final ReferenceOptimizer optimizer;
        private final ReferenceArena parameters;

        Fixture(Optimizer optimizer, Penalty penalty, double weight) {
            this(UpdateRule.of(optimizer), penalty, ParameterRule.NORMAL, weight);
        }

        private Fixture(UpdateRule rule, Penalty penalty, ParameterRule treated, double weight) {
            // A layer behind it that is trained: a network of none is refused.
            ModelSpec model = Networks.of(
                    "model",
                    new ImageShape(1, 1, 1),
                    2,
                    new Dense("dense", 2, true, penalty, treated),
                    Networks.dense("last", 2));
            plan = PlanCompiler.compile(model, 1, Precision.FLOAT64);
            optimizer = new ReferenceOptimizer(rule, plan.parameters(), ReferenceRounding.FLOAT64);
            parameters = ReferenceArena.zeros(plan.parameters());
            parameters.put(kernel(), new double[] {weight, weight});
            parameters.put(plan.parameters().segments().get(1), new double[] {9, 9});
            optimizer.reset(parameters, 0);
        }

        /** Of a weight of 1. */
        static Fixture of(UpdateRule rule, Penalty penalty, ParameterRule treated) {
            return new Fixture(rule, penalty, treated, 1);
        }

        void step(double gradient) {
            optimizer.update(parameters, gradients(gradient), RATE);
        }

        /** What the second weight's gradient adds up to. */
        double accumulate(double gradient, boolean begins) {
            return optimizer.accumulate(gradients(gradient), begins).of(kernel())[1];
        }

        private ReferenceArena gradients(double gradient) {
            ReferenceArena gradients = ReferenceArena.zeros(plan.parameters());
            gradients.put(kernel(), new double[] {gradient, gradient});
            return gradients;
        }

        double weight() {
            return parameters.of(kernel())[1];
        }

        double average() {
            return optimizer.slot(OptimizerSlot.AVERAGE).of(kernel())[1];
        }

        double bias() {
            return parameters.of(plan.parameters().segments().get(1))[1];
        }

        private Segment kernel() {
            return plan.parameters().segments().get(0);
        }
    }
}
