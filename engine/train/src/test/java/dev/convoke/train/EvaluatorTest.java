package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Networks;
import dev.convoke.backend.Probe;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Tensor;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    /** A network of half a gigabyte of weights. */
    private static final ModelSpec LARGE = network(1 << 17);

    private static ModelSpec network(int units) {
        return Networks.of(
                "claimed",
                new ImageShape(1, 8, 8),
                TinyData.CLASSES,
                new Flatten("flatten"),
                Networks.dense("hidden", units),
                Networks.dense("logits", TinyData.CLASSES));
    }

    private static String refusal(ModelSpec model, NamedTensors state) {
        return assertThrows(CheckpointException.class, () -> evaluate(new ClosedBackend(), model, state))
                .getMessage();
    }

    private static int evaluate(Backend backend, ModelSpec model, NamedTensors state) {
        return Evaluator.evaluate(
                        backend, Execution.SINGLE_THREAD, model, state, TinyData.images(5, 1), new Cancellation())
                .orElseThrow()
                .count();
    }

    @Test
    void aStateThatLacksATensorIsRefusedBeforeABackendMakesRoomForIt() {
        String message = refusal(LARGE, new NamedTensors());
        assertTrue(message.contains("'claimed': the state lacks 'hidden/kernel'"), message);
    }

    @Test
    void aStateOfOtherShapesIsRefusedBeforeABackendMakesRoomForIt() {
        NamedTensors state = new NamedTensors();
        state.put("hidden/kernel", Tensor.zeros(TensorShape.of(2, 64)));
        state.put("hidden/bias", Tensor.zeros(TensorShape.of(2)));
        state.put("logits/kernel", Tensor.zeros(TensorShape.of(3, 2)));
        state.put("logits/bias", Tensor.zeros(TensorShape.of(3)));
        assertEquals(5, evaluate(new ReferenceBackend(), network(2), state), "it fits where it belongs");
        String message = refusal(LARGE, state);
        assertTrue(message.contains("'hidden/kernel' is 2x64, but this network needs 131072x64"), message);
    }

    @Test
    void aNetworkThatCannotBeIsTheModelsFault() {
        String message = refusal(network(1 << 28), new NamedTensors());
        assertTrue(message.startsWith("the saved model cannot be: claimed: "), message);
        assertTrue(message.contains("hidden/kernel of 268435456x64"), message);
    }

    @Test
    void theOptimizersStateIsLeftAside() {
        TrainResult trained = TinyRun.train(new ReferenceBackend(), TinyRun.job(TinyRun.config(1, Optional.empty())));
        NamedTensors state = trained.model().orElseThrow().state();
        assertTrue(state.names().stream().anyMatch(name -> name.startsWith("optimizer/")));
        assertEquals(5, evaluate(new ReferenceBackend(), TinyRun.model(), state));
    }

    /** A backend that must not be asked. */
    private record ClosedBackend() implements Backend {
        @Override
        public String name() {
            return "closed";
        }

        @Override
        public Probe probe() {
            return Probe.found("for tests");
        }

        @Override
        public Session open(SessionRequest request) {
            throw new AssertionError("a session was opened");
        }
    }
}
