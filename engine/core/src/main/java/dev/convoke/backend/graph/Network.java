package dev.convoke.backend.graph;

import dev.convoke.plan.MemoryMap;
import dev.convoke.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;

/**
 * The layers of one plan, their activations and the placement of these in memory.
 *
 * @param <L> the device's layers
 */
public final class Network<L extends GraphLayer> {
    private final Plan plan;
    private final List<L> layers;
    private final List<Activations> activations;
    private final Activations input;
    private final Activations output;

    /**
     * @param layers in forward order
     * @param activations input first, what the loss reads last; several may share memory
     */
    public Network(Plan plan, List<L> layers, List<Activations> activations) {
        this.plan = plan;
        this.layers = List.copyOf(layers);
        this.activations = List.copyOf(activations);
        input = activations.get(0);
        output = activations.get(activations.size() - 1);
        int loss = layers.size();
        input.values().usedForward(0);
        output.values().usedForward(loss);
        if (output.hasGradient()) {
            output.gradientBuffer().usedForward(loss);
        }
    }

    public Plan plan() {
        return plan;
    }

    public int batch() {
        return plan.batch();
    }

    /** {@code [N, H, W, C]}, pixels in [0, 1]. */
    public Activations input() {
        return input;
    }

    /** What the loss reads, {@code [N, outputs]}. */
    public Activations output() {
        return output;
    }

    /** All that there are, input first. */
    public List<Activations> activations() {
        return activations;
    }

    /** In forward order. */
    public List<L> layers() {
        return layers;
    }

    /** Keeps every buffer alive for the whole step: for devices whose layers do not run one after the other. */
    public void keepEverything() {
        for (Buffer buffer : buffers()) {
            buffer.usedForward(0);
            buffer.usedForward(layers.size());
            if (output.hasGradient()) {
                buffer.usedBackward(0);
            }
        }
    }

    /** The memory map: the offset of every buffer in one block, each a multiple of {@code alignment} bytes. */
    public MemoryMap map(int alignment) {
        return MemoryMap.pack(
                buffers().stream().map(buffer -> buffer.lifetime(layers.size())).toList(), alignment);
    }

    /** Places every buffer in {@code block}, as {@code map} says. */
    public void place(MemoryMap map, BytePointer block) {
        List<Buffer> buffers = buffers();
        for (int i = 0; i < buffers.size(); i++) {
            buffers.get(i).place(block.getPointer(map.offsets().get(i)));
        }
    }

    private List<Buffer> buffers() {
        Set<Buffer> found = new LinkedHashSet<>();
        activations.forEach(each -> found.addAll(each.buffers()));
        for (L layer : layers) {
            layer.inputs().forEach(each -> found.addAll(each.buffers()));
            found.addAll(layer.output().buffers());
            found.addAll(layer.buffers());
        }
        return new ArrayList<>(found);
    }

    public void forward() {
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).forward();
        }
    }

    /** From the gradient of the output to those of all parameters. */
    public void backward() {
        for (int i = layers.size() - 1; i >= 0; i--) {
            layers.get(i).backward();
        }
    }
}
