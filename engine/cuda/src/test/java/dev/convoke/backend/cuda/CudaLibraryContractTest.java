package dev.convoke.backend.cuda;

import dev.convoke.backend.ArithmeticContract;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.plan.Precision;
import org.junit.jupiter.api.Tag;

/** What the vendor's libraries compute where they serve, in float32. */
@Tag(SimulatedDevice.TAG)
class CudaLibraryContractTest extends ArithmeticContract implements CudaContract {
    @Override
    public Precision precision() {
        return Precision.FLOAT32;
    }

    @Override
    public KernelChoice kernels() {
        return KernelChoice.LIBRARY;
    }
}
