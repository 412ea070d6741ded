package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.GraphLayer;
import dev.convoke.plan.Op;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A layer whose passes can be divided: the forward pass and the gradient of the inputs into parts of a batch, the gradients
 * of the parameters into ranges. Parts may run concurrently, and so may ranges; {@code worker} selects the workspace.
 */
abstract class CpuLayer extends GraphLayer {
    private final CpuContext context;
    private final CpuParts parts;
    private final CpuTeam.Work forwardWork = this::forward;
    private final CpuTeam.Work backwardWork = this::backwardData;

    CpuLayer(CpuContext context, List<Op> ops, int place, List<Activations> inputs, Activations output) {
        super(ops, place, inputs, output);
        this.context = context;
        parts = CpuParts.of(output.batch(), context.threads());
    }

    final CpuContext context() {
        return context;
    }

    /** How a batch is cut. */
    final CpuParts parts() {
        return parts;
    }

    /** Whether it needs the whole batch at once: it then has a single part, number 0, on the calling thread. */
    boolean isWhole() {
        return false;
    }

    /** Sets the output's values for the images of {@code part}. */
    abstract void forward(int part, int worker);

    /** Sets the gradients of the inputs that have one. That of the output may be overwritten, as by a ReLU's mask. */
    abstract void backwardData(int part, int worker);

    /** How its parameters move, once {@link #backwardData} of every part has run; empty where none is trained. */
    List<CpuUpdate> updates() {
        return List.of();
    }

    /** The copies of its weights that its passes read. */
    List<CpuPackedWeights> packed() {
        return List.of();
    }

    @Override
    public final void forward() {
        context.packings().refresh(packed());
        context.team().run(isWhole() ? 1 : parts.count(), forwardWork);
    }

    @Override
    public final void backward() {
        if (!output().hasGradient()) {
            return;
        }
        context.packings().refresh(packed());
        context.team().run(isWhole() ? 1 : parts.count(), backwardWork);
        List<CpuUpdate> updates = updates();
        for (int i = 0; i < updates.size(); i++) {
            updates.get(i).gradient().run(i, 0);
        }
    }

    /** Copies values. */
    static void copy(FloatPointer to, FloatPointer from, long count) {
        Pointer.memcpy(to, from, count * Float.BYTES);
    }
}
