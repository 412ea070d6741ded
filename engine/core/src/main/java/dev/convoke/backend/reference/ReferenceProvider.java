package dev.convoke.backend.reference;

import dev.convoke.backend.Backend;
import dev.convoke.backend.BackendProvider;
import dev.convoke.backend.DeviceFacts;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Offers {@link ReferenceBackend}, which runs only where it is named. */
public final class ReferenceProvider implements BackendProvider {
    @Override
    public String name() {
        return ReferenceBackend.NAME;
    }

    @Override
    public OptionalInt automaticPlace() {
        return OptionalInt.empty();
    }

    @Override
    public Backend create(List<Integer> ordinals, Consumer<String> remarks) {
        return new ReferenceBackend();
    }

    @Override
    public DeviceFacts facts() {
        return DeviceFacts.NONE;
    }
}
