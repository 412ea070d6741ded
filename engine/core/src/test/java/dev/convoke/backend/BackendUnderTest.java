package dev.convoke.backend;

import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.plan.Precision;
import org.junit.jupiter.api.Assumptions;

/** The backend that a contract tests, and the reference to compare with. */
public interface BackendUnderTest {
    /** The backend under test. */
    Backend backend();

    /** How its sessions run. */
    Execution execution();

    ContractTolerances tolerances();

    /** Of whole networks and of paths that part and meet, where what a coarse format rounds goes through several layers. */
    default ContractTolerances networkTolerances() {
        return tolerances();
    }

    /** A session of the backend under test; skips the test where the backend cannot run. */
    default Session open(Scenario scenario) {
        Probe probe = backend().probe();
        Assumptions.assumeTrue(probe.available(), backend().name() + " cannot run here: " + probe.detail());
        return backend().open(scenario.request(execution()));
    }

    /** A session of the oracle: in float64, or multiplying bfloat16 numbers where the backend does. */
    default Session oracle(Scenario scenario) {
        Precision precision = execution().precision() == Precision.BFLOAT16 ? Precision.BFLOAT16 : Precision.FLOAT64;
        return new ReferenceBackend().open(scenario.request(new Execution(1, precision, Execution.KernelChoice.AUTO)));
    }
}
