package dev.convoke.backend.cuda;

import dev.convoke.backend.Backend;
import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Probe;
import dev.convoke.backend.RequestCheck;
import dev.convoke.backend.Roof;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Trains on NVIDIA GPUs, with cuDNN, cublasLt and our own kernels. Sessions are distributed over the devices; each runs on
 * one device, concurrently with those of other threads.
 *
 * <p>Reproducibility: with {@link Execution.AlgorithmChoice#DETERMINISTIC} two sessions with the same request give bitwise
 * identical results on GPUs of the same model with the same libraries, independent of how their steps are divided into
 * ranges and of concurrent sessions.
 */
public final class CudaBackend implements Backend {
    static final String NAME = "cuda";

    /** Trials at a time on one GPU: a small network alone leaves most of it idle. */
    private static final int TRIALS_PER_DEVICE = 4;

    private final List<Integer> ordinals;
    private final Consumer<String> remarks;
    private @Nullable CudaDevices devices; // found when the first session opens
    private @Nullable CudaAlgorithmCache cache;

    /** Every device of the machine, in silence. */
    public CudaBackend() {
        this(List.of(), remark -> {});
    }

    /**
     * @param ordinals of the devices, as numbered by the driver from 0; empty for all
     * @param remarks receives informational messages (not errors)
     */
    public CudaBackend(List<Integer> ordinals, Consumer<String> remarks) {
        this.ordinals = List.copyOf(ordinals);
        this.remarks = remarks;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        return CudaProbe.of(ordinals);
    }

    @Override
    public int parallelSessions() {
        return TRIALS_PER_DEVICE * (probe().available() ? devices().load().size() : 1);
    }

    @Override
    public Session open(SessionRequest request) {
        checkAvailable();
        CudaFormat.of(request.execution().precision()); // refuses what the device does not compute in
        RequestCheck.check(request);
        CudaDevices all = devices();
        all.check(request.execution().precision());
        CudaDevice device = all.take();
        CudaResources resources;
        try {
            resources = new CudaResources(device);
        } catch (RuntimeException | Error e) {
            all.giveBack(device);
            throw e;
        }
        resources.onClose(() -> all.giveBack(device));
        return open(request, resources);
    }

    private Session open(SessionRequest request, CudaResources resources) {
        try {
            return new CudaSession(request, resources, cache());
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    @Override
    public Roof measureRoof(Execution execution) {
        checkAvailable();
        CudaDevices all = devices();
        all.check(execution.precision());
        CudaDevice device = all.take();
        try {
            return CudaRoof.measure(device, execution);
        } finally {
            all.giveBack(device);
        }
    }

    private void checkAvailable() {
        Probe probe = probe();
        if (!probe.available()) {
            throw new DeviceException("device 'cuda' cannot run here: " + probe.detail());
        }
    }

    private synchronized CudaDevices devices() {
        if (devices == null) {
            devices = new CudaDevices(
                    CudaProbe.servingOf(ordinals).stream().map(CudaDevice::of).toList());
        }
        return devices;
    }

    private synchronized CudaAlgorithmCache cache() {
        if (cache == null) {
            cache = new CudaAlgorithmCache(CudaAlgorithmCache.defaultFile(), remarks);
        }
        return cache;
    }

    @Override
    public double nominalFlopsPerSecond() {
        return 2e12;
    }
}
