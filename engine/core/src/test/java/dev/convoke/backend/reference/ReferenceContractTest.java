package dev.convoke.backend.reference;

import dev.convoke.backend.Backend;
import dev.convoke.backend.BackendContract;
import dev.convoke.backend.ContractTolerances;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Tolerance;

/** The reference in float32 against itself in float64. */
class ReferenceContractTest extends BackendContract {
    /** Half a unit in the last place of a float32 just below 1. */
    private static final double ROUNDING = 0x1p-24;

    private static final ContractTolerances TOLERANCES = new ContractTolerances(
            new Tolerance(2 * ROUNDING, "pixels lie in [0, 1] and are rounded once"),
            new Tolerance(64 * ROUNDING, "a rounding an op, which batch norm magnifies by 1 / sqrt(variance)"),
            new Tolerance(64 * ROUNDING, "the roundings of a forward and a backward pass, magnified alike"),
            new Tolerance(16 * ROUNDING, "a mean over images whose logits are off either way"),
            new Tolerance(128 * ROUNDING, "six steps, each with the roundings of its gradients and of the update"));

    @Override
    public Backend backend() {
        return new ReferenceBackend();
    }

    @Override
    public Execution execution() {
        return Execution.SINGLE_THREAD;
    }

    @Override
    public ContractTolerances tolerances() {
        return TOLERANCES;
    }
}
