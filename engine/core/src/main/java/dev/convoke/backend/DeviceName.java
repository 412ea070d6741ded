package dev.convoke.backend;

import dev.convoke.model.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A device as a user names it: {@code cpu}, {@code cuda}, {@code cuda:1}, {@code cuda:0,1}.
 *
 * @param backend the part before the colon
 * @param ordinals the device indices after it, in order; empty for all devices
 */
public record DeviceName(String backend, List<Integer> ordinals) {
    private static final Pattern ORDINALS = Pattern.compile("\\d{1,3}(,\\d{1,3})*");

    public DeviceName {
        ordinals = List.copyOf(ordinals);
    }

    /**
     * Reads a name. Whether there is such a device is not asked yet.
     *
     * @param providers the devices that there are, some of which may take numbers
     * @throws ModelException if there are numbers where there can be none, or these are no list of different numbers
     */
    public static DeviceName parse(String text, List<BackendProvider> providers) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new DeviceName(text, List.of());
        }
        String backend = text.substring(0, colon);
        String numbers = text.substring(colon + 1);
        List<String> numbered = providers.stream()
                .filter(BackendProvider::isNumbered)
                .map(BackendProvider::name)
                .toList();
        if (!numbered.contains(backend) || !ORDINALS.matcher(numbers).matches()) {
            throw new ModelException("device '" + text + "' is not the name of one; " + form(numbered));
        }
        List<Integer> ordinals = new ArrayList<>();
        for (String number : numbers.split(",", -1)) {
            int ordinal = Integer.parseInt(number);
            if (ordinals.contains(ordinal)) {
                throw new ModelException("device '" + text + "' names device " + ordinal + " twice");
            }
            ordinals.add(ordinal);
        }
        return new DeviceName(backend, ordinals);
    }

    private static String form(List<String> numbered) {
        return numbered.isEmpty()
                ? "no device here takes a number"
                : numbered.stream()
                        .map(name -> "after '" + name + ":' come the numbers of devices, as in " + name + ":1 or "
                                + name + ":0,1")
                        .collect(Collectors.joining("; "));
    }

    /**
     * The backend of {@code provider}, on the devices that were named if it is the one that they were named for.
     *
     * @param remarks receives informational messages (not errors)
     */
    public Backend create(BackendProvider provider, Consumer<String> remarks) {
        return provider.create(backend.equals(provider.name()) ? ordinals : List.of(), remarks);
    }
}
