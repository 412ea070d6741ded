package dev.convoke.backend.cuda;

import dev.convoke.backend.Backend;
import dev.convoke.backend.BackendProvider;
import dev.convoke.backend.DeviceFacts;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Offers {@link CudaBackend}, which {@code auto} tries first. */
public final class CudaProvider implements BackendProvider {
    private static final int PLACE = 1;

    @Override
    public String name() {
        return CudaBackend.NAME;
    }

    @Override
    public OptionalInt automaticPlace() {
        return OptionalInt.of(PLACE);
    }

    @Override
    public boolean isNumbered() {
        return true;
    }

    @Override
    public Backend create(List<Integer> ordinals, Consumer<String> remarks) {
        return new CudaBackend(ordinals, remarks);
    }

    @Override
    public DeviceFacts facts() {
        return CudaProbe.facts().toDeviceFacts();
    }
}
