package dev.convoke.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.backend.cpu.CpuBackend;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import dev.convoke.model.Schedule;
import dev.convoke.parity.ParityRow.Quantity;
import dev.convoke.parity.PlantedBackend.Fault;
import dev.convoke.pipeline.Augmentation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParityTest {
    private static final ModelSpec SMALL = new ModelSpec(
            "small",
            new ImageShape(1, 8, 9),
            3,
            List.of(
                    new Convolution("conv", 4, 3, 1, Padding.SAME, Penalty.NONE),
                    new Activation("relu", ActivationFunction.RELU),
                    new MaxPooling("pool", 2, 2, Padding.VALID),
                    new Flatten("flatten"),
                    new Dense("logits", 3, Penalty.NONE)),
            0);

    private static Parity parity(Backend device) {
        return new Parity(device, Execution.SINGLE_THREAD, new ReferenceBackend());
    }

    private static List<ParityRow> step(Backend device) {
        return parity(device).step(new ParityCase("small", SMALL, 4));
    }

    private static TrainingParity train(Backend device, Optimizer optimizer) {
        TrainingSetup setup = new TrainingSetup(
                SMALL,
                optimizer,
                new Schedule.Constant(0.01),
                Augmentation.NONE,
                4,
                Parity.pictures(SMALL.input(), SMALL.outputs(), 12),
                1);
        return parity(device).train(setup, 5);
    }

    private static List<Quantity> failed(List<ParityRow> rows) {
        return rows.stream()
                .filter(row -> !row.passed())
                .map(ParityRow::quantity)
                .toList();
    }

    static Stream<ParityCase> ops() {
        return ParityCases.ops().stream();
    }

    @ParameterizedTest
    @MethodSource("ops")
    void theProcessorAgreesInEveryOp(ParityCase op) {
        List<ParityRow> rows = parity(new CpuBackend()).step(op);
        assertEquals(List.of(), failed(rows), rows::toString);
        assertTrue(rows.stream().allMatch(row -> row.distance() > 0), "float32 is not float64: " + rows);
    }

    @Test
    void theProcessorAgreesInTraining() {
        for (Optimizer optimizer : List.of(Optimizer.Sgd.DEFAULT, Optimizer.Adam.DEFAULT)) {
            TrainingParity training = train(new CpuBackend(), optimizer);
            assertEquals(List.of(), failed(training.rows()), training::toString);
            assertEquals(5, training.deviceLosses().size());
            assertEquals(5, training.oracleLosses().size());
        }
    }

    @Test
    void aSoundBackendPasses() {
        assertEquals(List.of(), failed(step(new PlantedBackend(Fault.NONE))));
    }

    @Test
    void oneWrongGradientIsFound() {
        assertEquals(List.of(Quantity.BACKWARD), failed(step(new PlantedBackend(Fault.ONE_GRADIENT))));
    }

    @Test
    void aMissingGradientIsFound() {
        assertEquals(List.of(Quantity.BACKWARD), failed(step(new PlantedBackend(Fault.MISSING_GRADIENT))));
    }

    @Test
    void whatIsNotANumberIsFound() {
        assertEquals(List.of(Quantity.FORWARD), failed(step(new PlantedBackend(Fault.NOT_A_NUMBER))));
    }

    @Test
    void aWrongLossIsFound() {
        TrainingParity training = train(new PlantedBackend(Fault.LOSS), Optimizer.Sgd.DEFAULT);
        assertEquals(List.of(Quantity.LOSS_CURVE), failed(training.rows()));
    }
}
