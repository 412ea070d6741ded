package dev.convoke.backend.cpu;

import dev.convoke.plan.MemoryMap;
import dev.convoke.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;

/** The layers of one plan, their tensors and where these lie. */
final class CpuNetwork {
    private final Plan plan;
    private final boolean split;
    private final CpuLayer[] layers;
    private final List<CpuTensor> tensors;
    private final CpuTensor input;
    private final CpuTensor logits;

    /**
     * @param layers in forward order
     * @param tensors input first, logits last; several may share memory
     * @param split whether it runs part by part
     */
    CpuNetwork(Plan plan, List<CpuLayer> layers, List<CpuTensor> tensors, boolean split) {
        this.plan = plan;
        this.split = split;
        this.layers = layers.toArray(CpuLayer[]::new);
        this.tensors = List.copyOf(tensors);
        input = tensors.get(0);
        logits = tensors.get(tensors.size() - 1);
        int loss = this.layers.length;
        input.values().usedForward(0);
        logits.values().usedForward(loss);
        if (logits.hasGradient()) {
            logits.gradientBuffer().usedForward(loss);
        }
        if (split) {
            keepEverything();
        }
    }

    Plan plan() {
        return plan;
    }

    int batch() {
        return plan.batch();
    }

    /** {@code [N, H, W, C]}, pixels in [0, 1]. */
    CpuTensor input() {
        return input;
    }

    /** {@code [N, classes]}. */
    CpuTensor logits() {
        return logits;
    }

    /** Every tensor, input first. */
    List<CpuTensor> tensors() {
        return tensors;
    }

    List<CpuLayer> layers() {
        return List.of(layers);
    }

    /** Whether it runs part by part; see {@link CpuNetworkBuilder}. */
    boolean isSplit() {
        return split;
    }

    // Parts of a batch are in different layers at the same time, and weight gradients come last of all: nothing is free
    // before the end of a step.
    private void keepEverything() {
        for (CpuBuffer buffer : buffers()) {
            buffer.usedForward(0);
            buffer.usedForward(layers.length);
            if (logits.hasGradient()) {
                buffer.usedBackward(0);
            }
        }
    }

    /** Where every buffer is to lie in a block of memory. */
    MemoryMap map() {
        return MemoryMap.pack(
                buffers().stream().map(buffer -> buffer.lifetime(layers.length)).toList(), CpuResources.ALIGNMENT);
    }

    /** Places every buffer in {@code block}, as {@code map} says. */
    void place(MemoryMap map, BytePointer block) {
        List<CpuBuffer> buffers = buffers();
        for (int i = 0; i < buffers.size(); i++) {
            buffers.get(i).place(block.getPointer(map.offsets().get(i)));
        }
    }

    private List<CpuBuffer> buffers() {
        Set<CpuBuffer> found = new LinkedHashSet<>();
        tensors.forEach(tensor -> found.addAll(tensor.buffers()));
        for (CpuLayer layer : layers) {
            found.addAll(layer.buffers());
        }
        return new ArrayList<>(found);
    }

    void forward() {
        for (CpuLayer layer : layers) {
            layer.forward();
        }
    }

    /** From the gradient of the logits to those of all parameters. */
    void backward() {
        for (int i = layers.length - 1; i >= 0; i--) {
            layers[i].backward();
        }
    }
}
