package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Tensor;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checker itself: it must fail where one value of one tensor is wrong. */
class ComparisonTest {
    private static final Tolerance TOLERANCE = new Tolerance(1e-5, "ten times what the float32 reference needs");
    private static final ContractTolerances TOLERANCES =
            new ContractTolerances(TOLERANCE, TOLERANCE, TOLERANCE, TOLERANCE, TOLERANCE);
    private static final String LOGITS = "dense2";
    /** Share of a tensor's largest value by which a planted error is off. */
    private static final float PLANTED = 0.001f;

    private Trace right;
    private Trace other;

    @BeforeEach
    void trace() {
        Scenario scenario = Scenario.of(Networks.everything(), 5, 5);
        try (Session session = new ReferenceBackend().open(scenario.request(Execution.SINGLE_THREAD))) {
            session.restore(States.shaken(session.program().full()), 0);
            right = session.trace(0, 0);
            other = session.trace(0, 0);
        }
    }

    @Test
    void equalTracesPass() {
        assertDoesNotThrow(() -> Comparison.assertClose(right, other, LOGITS, TOLERANCES));
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv1/kernel", "conv1/bias", "conv2/kernel", "norm/gamma", "norm/beta", "dense1/kernel"})
    void oneWrongParameterGradientIsCaught(String name) {
        plant(other.parameterGradients().get(name));
        assertCaught("gradient of " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv1", "pool1", "drop1", "norm_tanh", "pool2", "dense1_relu", LOGITS})
    void oneWrongActivationGradientIsCaught(String slot) {
        plant(other.activationGradients().get(slot));
        assertCaught("gradient of " + slot);
    }

    @ParameterizedTest
    @ValueSource(strings = {"input", "conv1", "pool2", LOGITS})
    void oneWrongActivationIsCaught(String slot) {
        plant(other.activations().get(slot));
        assertCaught(slot);
    }

    @Test
    void aValueThatIsNotANumberIsCaught() {
        other.activations().get("pool1").values()[0] = Float.NaN;
        assertCaught("pool1");
    }

    @Test
    void wrongLossesAreCaught() {
        other = new Trace(
                right.loss() * 1.001,
                right.penalty(),
                right.activations(),
                right.activationGradients(),
                right.parameterGradients());
        assertCaught("loss");
        other = new Trace(
                right.loss(),
                right.penalty() + 0.001,
                right.activations(),
                right.activationGradients(),
                right.parameterGradients());
        assertCaught("penalty");
    }

    @Test
    void aTraceThatKeepsQuietIsCaught() {
        for (String name : List.of("input", LOGITS)) {
            other = new Trace(
                    right.loss(),
                    right.penalty(),
                    without(right.activations(), name),
                    right.activationGradients(),
                    right.parameterGradients());
            assertCaught("'" + name + "'");
        }
        other = new Trace(
                right.loss(),
                right.penalty(),
                right.activations(),
                right.activationGradients(),
                without(right.parameterGradients(), "dense1/bias"));
        assertCaught("'dense1/bias'");
    }

    @Test
    void anotherShapeIsCaught() {
        Tensor kernel = other.parameterGradients().get("dense1/kernel"); // [11, 36]
        List<Integer> axes = kernel.shape().axes();
        other.parameterGradients()
                .put("dense1/kernel", new Tensor(TensorShape.of(axes.get(1), axes.get(0)), kernel.values()));
        assertCaught("dense1/kernel");
    }

    /** Moves the largest value, which no mask hides, by a thousandth. */
    private static void plant(Tensor tensor) {
        int largest = 0;
        for (int i = 0; i < tensor.values().length; i++) {
            if (Math.abs(tensor.values()[i]) > Math.abs(tensor.values()[largest])) {
                largest = i;
            }
        }
        tensor.values()[largest] *= 1 + PLANTED;
    }

    private static NamedTensors without(NamedTensors tensors, String missing) {
        NamedTensors rest = new NamedTensors();
        for (String name : tensors.names()) {
            if (!name.equals(missing)) {
                rest.put(name, tensors.get(name));
            }
        }
        return rest;
    }

    private void assertCaught(String named) {
        AssertionError caught =
                assertThrows(AssertionError.class, () -> Comparison.assertClose(right, other, LOGITS, TOLERANCES));
        assertTrue(String.valueOf(caught.getMessage()).contains(named), caught.getMessage());
    }
}
