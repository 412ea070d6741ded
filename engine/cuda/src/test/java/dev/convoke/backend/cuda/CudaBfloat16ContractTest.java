package dev.convoke.backend.cuda;

import dev.convoke.backend.BackendContract;
import dev.convoke.plan.Precision;
import org.junit.jupiter.api.Tag;

/** The whole contract with activations in bfloat16. */
@Tag(SimulatedDevice.TAG)
class CudaBfloat16ContractTest extends BackendContract implements CudaContract {
    @Override
    public Precision precision() {
        return Precision.BFLOAT16;
    }
}
