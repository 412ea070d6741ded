package dev.convoke.backend;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A device that only answers its probe.
 *
 * @param numbered whether a user may choose among several by number
 */
record ProbedProvider(String name, boolean numbered, Probe probe) implements BackendProvider {
    /** One that {@code auto} tries, and a machine may have several of if its name is {@code cuda}. */
    static BackendProvider automatic(String name, Probe probe) {
        return new ProbedProvider(name, name.equals("cuda"), probe);
    }

    /** Its backend, with the numbers that it was given. */
    record Probed(String name, List<Integer> ordinals, Probe probe) implements Backend {
        @Override
        public Session open(SessionRequest request) {
            throw new UnsupportedOperationException();
        }
    }

    @Override
    public OptionalInt automaticPlace() {
        return OptionalInt.of(1);
    }

    @Override
    public boolean isNumbered() {
        return numbered;
    }

    @Override
    public Backend create(List<Integer> ordinals, Consumer<String> remarks) {
        return new Probed(name, ordinals, probe);
    }

    @Override
    public DeviceFacts facts() {
        return DeviceFacts.NONE;
    }
}
