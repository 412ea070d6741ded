package dev.convoke.cli;

import dev.convoke.backend.BackendProvider;
import dev.convoke.backend.DeviceException;
import dev.convoke.backend.DeviceFacts;
import dev.convoke.backend.DeviceName;
import dev.convoke.backend.Probe;
import dev.convoke.backend.Selection;
import dev.convoke.sweep.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code convoke doctor} found.
 *
 * @param processor the machine's processor
 * @param devices every device that this program has, in the order in which {@code auto} tries them
 * @param automatic the device that {@code --device auto} picks; null where none can run
 * @param reason why that one, one line
 * @param missing what to mend, a line each with its remedy
 * @param libraries native libraries that were loaded on the way
 */
record Diagnosis(
        Processor processor,
        List<Device> devices,
        @Nullable String automatic,
        String reason,
        List<String> missing,
        List<NativeLibrary> libraries) {

    /**
     * A device.
     *
     * @param detail what it found, or why it cannot run
     * @param facts what there is of it on this machine
     */
    record Device(String name, boolean available, String detail, DeviceFacts facts) {}

    /** Looks at this machine, and of numbered devices at those that {@code name} chooses. */
    static Diagnosis of(DeviceName name, List<BackendProvider> providers, Consumer<String> remarks) {
        List<Device> devices = new ArrayList<>();
        for (BackendProvider provider : providers) {
            Probe probe = name.create(provider, remarks).probe();
            devices.add(new Device(provider.name(), probe.available(), probe.detail(), provider.facts()));
        }
        List<String> missing = devices.stream()
                .flatMap(device -> device.facts().missing().stream())
                .distinct()
                .toList();
        @Nullable String automatic = null;
        String reason;
        try {
            DeviceName auto = new DeviceName(Selection.AUTO, List.of());
            Selection selection = Selection.choose(auto, providers, remarks);
            automatic = selection.backend().name();
            reason = selection.refusals().isEmpty()
                    ? "it is the first that runs"
                    : String.join("; ", selection.refusals());
        } catch (DeviceException e) {
            reason = String.valueOf(e.getMessage());
        }
        return new Diagnosis(Processor.ofMachine(), devices, automatic, reason, missing, NativeLibrary.loaded());
    }
}
