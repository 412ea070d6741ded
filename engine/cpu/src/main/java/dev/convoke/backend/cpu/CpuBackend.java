package dev.convoke.backend.cpu;

import dev.convoke.backend.Backend;
import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.backend.Probe;
import dev.convoke.backend.RequestCheck;
import dev.convoke.backend.Roof;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;

/**
 * Trains on the CPU, with oneDNN and our own kernels.
 *
 * <p>Reproducibility: two sessions with the same request give bitwise identical results on one machine, independent of how
 * their steps are divided into ranges and of concurrent sessions. Our own kernels give the same results for any number of
 * threads; oneDNN guarantees this only for a fixed number of threads.
 */
public final class CpuBackend implements Backend {
    static final String NAME = "cpu";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        return CpuLibraries.get();
    }

    @Override
    public Roof measureRoof(Execution execution) {
        requireLibraries();
        return CpuRoof.measure(execution);
    }

    @Override
    public Session open(SessionRequest request) {
        requireLibraries();
        checkPrecision(request.execution());
        RequestCheck.check(request);
        CpuResources resources = new CpuResources();
        try {
            return new CpuSession(request, resources);
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    @Override
    public void check(Execution execution) {
        requireLibraries();
        checkPrecision(execution);
    }

    private void requireLibraries() {
        Probe probe = probe();
        if (!probe.available()) {
            throw new DeviceException("device 'cpu' cannot run here: " + probe.detail());
        }
    }

    private static void checkPrecision(Execution execution) {
        switch (execution.precision()) {
            case FLOAT32 -> {}
            case BFLOAT16 -> {
                if (execution.kernels() == KernelChoice.OWN) {
                    throw new DeviceException(
                            "our own kernels of device 'cpu' compute in FLOAT32, not in BFLOAT16; choose --kernels auto");
                }
                if (!CpuLibraries.multipliesBfloat16()) {
                    throw new DeviceException("device 'cpu' computes in BFLOAT16 on processors with AVX-512 only, and"
                            + " this one has none; choose FLOAT32");
                }
            }
            case FLOAT64, TF32 ->
                throw new DeviceException("device 'cpu' computes in FLOAT32 or BFLOAT16, not in "
                        + execution.precision() + "; choose one of these");
        }
    }
}
