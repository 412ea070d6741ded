package dev.convoke.cli;

import dev.convoke.backend.Backend;
import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Probe;
import dev.convoke.backend.Selection;
import dev.convoke.backend.cpu.CpuFacts;
import dev.convoke.backend.cuda.CudaFacts;
import dev.convoke.backend.cuda.CudaProbe;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.sweep.Processor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.global.cudart;
import org.jspecify.annotations.Nullable;

/**
 * What {@code convoke doctor} found.
 *
 * @param processor the machine's processor
 * @param cpu what the CPU backend runs on
 * @param cuda what the CUDA backend would run on
 * @param devices every backend of this build
 * @param automatic the device that {@code --device auto} picks; null where none can run
 * @param reason why that one, one line
 * @param missing what to mend, a line each with its remedy
 * @param libraries native libraries that were loaded on the way
 */
record Diagnosis(
        Processor processor,
        CpuFacts cpu,
        CudaFacts cuda,
        List<Device> devices,
        @Nullable String automatic,
        String reason,
        List<String> missing,
        List<NativeLibrary> libraries) {

    /** CUDA writes version 13.1 as 13010. */
    private static final int CUDA_MAJOR = 1000;

    /**
     * A backend of this build.
     *
     * @param detail what it found, or why it cannot run
     */
    record Device(String name, boolean available, String detail) {}

    /** Looks at this machine. */
    static Diagnosis of(List<Backend> built) {
        return NativeCache.obstacle()
                .map(obstacle -> withoutNatives(built, obstacle))
                .orElseGet(() -> look(built));
    }

    /** What is left where no native library loads: only the devices that need none are asked. */
    private static Diagnosis withoutNatives(List<Backend> built, String obstacle) {
        List<Device> devices = new ArrayList<>();
        for (Backend backend : built) {
            Probe probe = backend instanceof ReferenceBackend ? backend.probe() : Probe.missing(obstacle);
            devices.add(new Device(backend.name(), probe.available(), probe.detail()));
        }
        return new Diagnosis(
                Processor.ofMachine(),
                new CpuFacts(null, null, null, obstacle),
                new CudaFacts(
                        null, null, List.of(), null, null, null, cudart.CUDART_VERSION / CUDA_MAJOR, List.of(obstacle)),
                devices,
                null,
                obstacle,
                List.of(obstacle),
                NativeLibrary.loaded());
    }

    private static Diagnosis look(List<Backend> built) {
        CpuFacts cpu = CpuFacts.get();
        CudaFacts cuda = CudaProbe.facts();
        List<Device> devices = new ArrayList<>();
        for (Backend backend : built) {
            Probe probe = backend.probe();
            devices.add(new Device(backend.name(), probe.available(), probe.detail()));
        }
        List<String> missing = new ArrayList<>(cuda.missing());
        if (cpu.missing() != null) {
            missing.add(cpu.missing());
        }
        @Nullable String automatic = null;
        String reason;
        try {
            Selection selection = Selection.choose(Selection.AUTO, built);
            automatic = selection.backend().name();
            reason = selection.refusals().isEmpty()
                    ? "it is the first that runs"
                    : String.join("; ", selection.refusals());
        } catch (DeviceException e) {
            reason = String.valueOf(e.getMessage());
        }
        return new Diagnosis(
                Processor.ofMachine(), cpu, cuda, devices, automatic, reason, missing, NativeLibrary.loaded());
    }
}
