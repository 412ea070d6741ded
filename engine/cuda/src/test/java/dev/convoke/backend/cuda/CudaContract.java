package dev.convoke.backend.cuda;

import dev.convoke.backend.Backend;
import dev.convoke.backend.BackendUnderTest;
import dev.convoke.backend.ContractTolerances;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Execution.AlgorithmChoice;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.plan.Precision;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The CUDA backend as a contract's subject. Tests of this kind run on a real GPU as well as on the simulated device: they
 * assume nothing about it.
 */
@ExtendWith(CudaDeviceCheck.class)
interface CudaContract extends BackendUnderTest {
    Precision precision();

    default KernelChoice kernels() {
        return KernelChoice.AUTO;
    }

    default AlgorithmChoice algorithms() {
        return AlgorithmChoice.DETERMINISTIC;
    }

    @Override
    default Backend backend() {
        return new CudaBackend();
    }

    @Override
    default Execution execution() {
        return new Execution(1, precision(), kernels(), algorithms());
    }

    @Override
    default ContractTolerances tolerances() {
        return CudaTolerances.of(precision());
    }

    @Override
    default ContractTolerances networkTolerances() {
        return CudaTolerances.ofNetworks(precision());
    }
}
