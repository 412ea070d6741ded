package dev.convoke.backend.cpu;

import dev.convoke.backend.Backend;
import dev.convoke.backend.BackendProvider;
import dev.convoke.backend.DeviceFacts;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Offers {@link CpuBackend}; {@code auto} selects it if no GPU can be used. */
public final class CpuProvider implements BackendProvider {
    private static final int PLACE = 2;

    @Override
    public String name() {
        return CpuBackend.NAME;
    }

    @Override
    public OptionalInt automaticPlace() {
        return OptionalInt.of(PLACE);
    }

    @Override
    public Backend create(List<Integer> ordinals, Consumer<String> remarks) {
        return new CpuBackend();
    }

    @Override
    public DeviceFacts facts() {
        return CpuLibraries.facts().toDeviceFacts();
    }
}
