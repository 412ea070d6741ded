package dev.convoke.backend.cuda;

import dev.convoke.backend.ArithmeticContract;
import dev.convoke.backend.Execution.AlgorithmChoice;
import dev.convoke.plan.Precision;
import org.junit.jupiter.api.Tag;

/** What the algorithms compute that are measured to be the fastest, in float32. */
@Tag(SimulatedDevice.TAG)
class CudaFastestContractTest extends ArithmeticContract implements CudaContract {
    @Override
    public Precision precision() {
        return Precision.FLOAT32;
    }

    @Override
    public AlgorithmChoice algorithms() {
        return AlgorithmChoice.FASTEST;
    }
}
