package dev.convoke.backend.cuda;

import dev.convoke.plan.MemoryMap;
import dev.convoke.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;

/** The layers of one plan, their tensors and where these lie. */
final class CudaNetwork {
    private final Plan plan;
    private final CudaLayer[] layers;
    private final List<CudaTensor> tensors;
    private final CudaTensor input;
    private final CudaTensor logits;

    /**
     * @param layers in forward order
     * @param tensors input first, logits last; several may share memory
     */
    CudaNetwork(Plan plan, List<CudaLayer> layers, List<CudaTensor> tensors) {
        this.plan = plan;
        this.layers = layers.toArray(CudaLayer[]::new);
        this.tensors = List.copyOf(tensors);
        input = tensors.get(0);
        logits = tensors.get(tensors.size() - 1);
        int loss = this.layers.length;
        input.values().usedForward(0);
        logits.values().usedForward(loss);
        if (logits.hasGradient()) {
            logits.gradientBuffer().usedForward(loss);
        }
    }

    int batch() {
        return plan.batch();
    }

    /** {@code [N, H, W, C]}, pixels in [0, 1]. */
    CudaTensor input() {
        return input;
    }

    /** {@code [N, classes]}. */
    CudaTensor logits() {
        return logits;
    }

    /** Every tensor, input first. */
    List<CudaTensor> tensors() {
        return tensors;
    }

    List<CudaLayer> layers() {
        return List.of(layers);
    }

    /** Where every buffer is to lie in a block of memory. */
    MemoryMap map() {
        return MemoryMap.pack(
                buffers().stream().map(buffer -> buffer.lifetime(layers.length)).toList(), CudaResources.ALIGNMENT);
    }

    /** Places every buffer in {@code block}, as {@code map} says. */
    void place(MemoryMap map, BytePointer block) {
        List<CudaBuffer> buffers = buffers();
        for (int i = 0; i < buffers.size(); i++) {
            buffers.get(i).place(block.getPointer(map.offsets().get(i)));
        }
    }

    private List<CudaBuffer> buffers() {
        Set<CudaBuffer> found = new LinkedHashSet<>();
        tensors.forEach(tensor -> found.addAll(tensor.buffers()));
        for (CudaLayer layer : layers) {
            found.addAll(layer.buffers());
        }
        return new ArrayList<>(found);
    }

    /** Chooses every layer's algorithms. */
    void choose(CudaChooser chooser) {
        for (CudaLayer layer : layers) {
            layer.choose(chooser);
        }
    }

    void forward() {
        for (CudaLayer layer : layers) {
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
