package dev.convoke.backend;

import dev.convoke.model.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A device as a user names it: {@code cpu}, {@code cuda}, {@code cuda:1}, {@code cuda:0,1}.
 *
 * @param backend what is before the colon
 * @param ordinals the numbers after it, in order; empty where there are none, which stands for every one
 */
public record DeviceName(String backend, List<Integer> ordinals) {
    private static final String NUMBERED = "cuda";
    private static final Pattern ORDINALS = Pattern.compile("\\d{1,3}(,\\d{1,3})*");

    public DeviceName {
        ordinals = List.copyOf(ordinals);
    }

    /**
     * Reads a name.
     *
     * @throws ModelException if there are numbers where there can be none, or these are no list of different numbers
     */
    public static DeviceName parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new DeviceName(text, List.of());
        }
        String backend = text.substring(0, colon);
        String numbers = text.substring(colon + 1);
        if (!backend.equals(NUMBERED) || !ORDINALS.matcher(numbers).matches()) {
            throw new ModelException("device '" + text + "' is not the name of one; after '" + NUMBERED
                    + ":' come the numbers of GPUs, as in cuda:1 or cuda:0,1");
        }
        List<Integer> ordinals = new ArrayList<>();
        for (String number : numbers.split(",", -1)) {
            int ordinal = Integer.parseInt(number);
            if (ordinals.contains(ordinal)) {
                throw new ModelException("device '" + text + "' names GPU " + ordinal + " twice");
            }
            ordinals.add(ordinal);
        }
        return new DeviceName(backend, ordinals);
    }
}
