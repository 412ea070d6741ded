package dev.convoke.backend.cuda;

import dev.convoke.backend.BackendContract;
import dev.convoke.plan.Precision;
import org.junit.jupiter.api.Tag;

/** The whole contract in float32, with reproducible algorithms. */
@Tag(SimulatedDevice.TAG)
class CudaContractTest extends BackendContract implements CudaContract {
    @Override
    public Precision precision() {
        return Precision.FLOAT32;
    }
}
