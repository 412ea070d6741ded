package dev.convoke.backend;

import dev.convoke.plan.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tensors by name, in a fixed order. */
public final class NamedTensors {
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** Adds a tensor, or replaces the one of that name. */
    public void put(String name, Tensor tensor) {
        tensors.put(name, tensor);
    }

    public @Nullable Tensor find(String name) {
        return tensors.get(name);
    }

    /**
     * The tensor of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("there is no tensor '" + name + "' among " + tensors.keySet());
        }
        return tensor;
    }

    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }
}
