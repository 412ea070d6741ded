package dev.convoke.backend;

import dev.convoke.model.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The backend that runs: chosen once per run; the choice is reported to the user.
 *
 * @param backend what was chosen
 * @param detail what its probe found
 * @param refusals why each that was tried before it cannot run, one line each; empty where the user named one
 * @param obstacles those of the refusals that concern a device of which the machine shows a trace
 */
public record Selection(Backend backend, String detail, List<String> refusals, List<String> obstacles) {
    /** The name that tries every device with an {@linkplain BackendProvider#automaticPlace() automatic place} in order. */
    public static final String AUTO = "auto";

    public Selection {
        refusals = List.copyOf(refusals);
        obstacles = List.copyOf(obstacles);
    }

    /**
     * Chooses among the devices on the class path, without remarks.
     *
     * @param device as a user names it: {@code auto}, {@code cpu}, {@code cuda:1}
     * @throws ModelException if there is no such name
     * @throws DeviceException if what is named, or every one that {@code auto} tries, cannot run here
     */
    public static Selection choose(String device) {
        List<BackendProvider> providers = BackendProvider.all();
        return choose(DeviceName.parse(device, providers), providers, remark -> {});
    }

    /**
     * Chooses among devices. One that is named never gives way to another.
     *
     * @param providers the devices that there are, in the order in which {@code auto} tries them
     * @param remarks receives informational messages (not errors), now and while the backend works
     * @throws ModelException if there is no such name
     * @throws DeviceException if what is named, or every one that {@code auto} tries, cannot run here
     */
    public static Selection choose(DeviceName name, List<BackendProvider> providers, Consumer<String> remarks) {
        List<String> refusals = new ArrayList<>();
        List<String> obstacles = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (BackendProvider candidate : candidates(name, providers)) {
            Backend backend = name.create(candidate, remarks);
            Probe probe = backend.probe();
            if (probe.available()) {
                return new Selection(backend, probe.detail(), refusals, obstacles);
            }
            refusals.add("device '" + candidate.name() + "' cannot run here: " + probe.detail());
            if (!probe.absent()) {
                obstacles.add(refusals.get(refusals.size() - 1));
            }
            reasons.add(probe.detail());
        }
        throw new DeviceException(message(refusals, reasons) + remedy(name));
    }

    private static List<BackendProvider> candidates(DeviceName name, List<BackendProvider> providers) {
        boolean auto = name.backend().equals(AUTO);
        List<BackendProvider> candidates = providers.stream()
                .filter(each ->
                        auto ? each.automaticPlace().isPresent() : each.name().equals(name.backend()))
                .toList();
        if (candidates.isEmpty() && !auto) {
            String names = Stream.concat(Stream.of(AUTO), providers.stream().map(BackendProvider::name))
                    .collect(Collectors.joining(", "));
            throw new ModelException("there is no device '" + name.backend() + "'; the devices are " + names);
        }
        return candidates;
    }

    /** If all devices report the same reason, it is printed once. */
    private static String message(List<String> refusals, List<String> reasons) {
        if (refusals.isEmpty()) {
            return "no device that '" + AUTO + "' could try is on the class path";
        }
        return refusals.size() > 1 && reasons.stream().distinct().count() == 1
                ? "no device that '" + AUTO + "' tries can run here: " + reasons.get(0)
                : String.join("; ", refusals);
    }

    private static String remedy(DeviceName name) {
        return name.backend().equals(AUTO)
                ? "; use --device reference, which runs everywhere"
                : "; use --device " + AUTO;
    }
}
