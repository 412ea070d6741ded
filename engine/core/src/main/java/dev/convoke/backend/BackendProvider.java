package dev.convoke.backend;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/**
 * A kind of device that this program has. {@link ServiceLoader} finds it: an artifact with a backend names its provider in
 * {@code META-INF/services/dev.convoke.backend.BackendProvider}.
 *
 * <p>Making one touches no native library, so that a device which cannot run hinders no other.
 */
public interface BackendProvider {
    /** What {@code --device} calls it. */
    String name();

    /**
     * Its place among the devices that {@code auto} tries, the lowest first; empty for one that runs only where it is named.
     */
    OptionalInt automaticPlace();

    /** Whether a machine may have several of it, which a user chooses by number, as in {@code cuda:0,1}. */
    default boolean isNumbered() {
        return false;
    }

    /**
     * The backend.
     *
     * @param ordinals indices of the devices to use, from 0; empty for all
     * @param remarks receives informational messages (not errors), a line each
     */
    Backend create(List<Integer> ordinals, Consumer<String> remarks);

    /** What there is of it on this machine. Loads its libraries at the first call; never throws. */
    DeviceFacts facts();

    /** Those on the class path: first the ones that {@code auto} tries, in that order, then the others by name. */
    static List<BackendProvider> all() {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparingInt(
                                (BackendProvider each) -> each.automaticPlace().orElse(Integer.MAX_VALUE))
                        .thenComparing(BackendProvider::name))
                .toList();
    }
}
