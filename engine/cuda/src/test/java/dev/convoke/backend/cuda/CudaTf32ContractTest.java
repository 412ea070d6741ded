package dev.convoke.backend.cuda;

import dev.convoke.backend.BackendContract;
import dev.convoke.plan.Precision;
import org.junit.jupiter.api.Tag;

/** The whole contract with products of operands that are rounded to TF32. */
@Tag(SimulatedDevice.TAG)
class CudaTf32ContractTest extends BackendContract implements CudaContract {
    @Override
    public Precision precision() {
        return Precision.TF32;
    }
}
