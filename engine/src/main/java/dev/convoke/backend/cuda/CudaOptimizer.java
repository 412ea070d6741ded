package dev.convoke.backend.cuda;

import dev.convoke.backend.ArenaLayout;
import dev.convoke.backend.ArenaSegment;
import dev.convoke.backend.EpochSchedule;
import dev.convoke.backend.OptimizerSlot;
import dev.convoke.backend.Penalties;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.OptimizerSpec;
import dev.convoke.model.Penalty;
import dev.convoke.plan.Segment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Moves all parameters of a trial with one kernel, by the rate of the step that the state names; knows their penalty. */
final class CudaOptimizer {
    private static final String LABEL = "the optimizer";

    private final CudaContext context;
    private final CudaRates rates;
    private final Pointer segments; // [segmentCount] of the kernels' table
    private final int segmentCount;
    private final CudaKernels.CudaOptimizer rule; // host
    private final Map<OptimizerSlot, CudaArena> slots = new EnumMap<>(OptimizerSlot.class);
    private final @Nullable Pointer mean; // velocity or first moment
    private final @Nullable Pointer square; // square or second moment
    private final BytePointer penalty; // [1], float64
    private final DoublePointer hostPenalty; // [1], pinned

    CudaOptimizer(CudaContext context, EpochSchedule schedule) {
        this.context = context;
        CudaResources resources = context.resources();
        OptimizerSpec spec = context.trial().optimizer();
        ArenaLayout layout = layout();
        rates = new CudaRates(resources, schedule, spec);
        segmentCount = layout.segments().size();
        segments = segments(context, spec, layout.segments());
        rule = rule(resources, spec);
        for (OptimizerSlot slot : OptimizerSlot.of(spec)) {
            slots.put(slot, new CudaArena(resources, slot.toString(), layout));
        }
        mean = values(OptimizerSlot.VELOCITY, OptimizerSlot.FIRST_MOMENT);
        square = values(OptimizerSlot.SQUARE, OptimizerSlot.SECOND_MOMENT);
        penalty = resources.allocate("penalty", Double.BYTES);
        hostPenalty = new DoublePointer(resources.allocateHost("penalty", Double.BYTES));
        context.scratch().atLeast(CudaKernels.optimizerWorkspaceBytes(layout.size()));
    }

    private ArenaLayout layout() {
        return context.parameters().master().layout();
    }

    private static Pointer segments(CudaContext context, OptimizerSpec optimizer, List<ArenaSegment> all) {
        try (Kernels.Segments table = new Kernels.Segments(all.size())) {
            for (int i = 0; i < all.size(); i++) {
                Segment segment = all.get(i).segment();
                Penalty penalty = Penalties.of(context.trial().model(), segment);
                float decay = (float) Penalties.weightDecay(optimizer, segment);
                table.position(i).offset(all.get(i).start()).length(segment.size());
                table.l1((float) penalty.l1()).l2((float) penalty.l2()).weightDecay(decay);
            }
            table.position(0);
            long bytes = (long) table.sizeof() * all.size();
            Pointer device = context.resources().allocate("table of segments", bytes);
            context.queue().upload(device, table, bytes, "table of segments");
            context.queue().synchronize("table of segments");
            return device;
        }
    }

    private static CudaKernels.CudaOptimizer rule(CudaResources resources, OptimizerSpec spec) {
        CudaKernels.CudaOptimizer rule = resources.own(new CudaKernels.CudaOptimizer());
        if (spec instanceof OptimizerSpec.Sgd sgd) {
            return rule.kind(Kernels.SGD).momentum((float) sgd.momentum()).nesterov(sgd.nesterov() ? 1 : 0);
        }
        if (spec instanceof OptimizerSpec.RmsProp rmsProp) {
            return rule.kind(Kernels.RMSPROP)
                    .rho((float) rmsProp.rho())
                    .momentum((float) rmsProp.momentum())
                    .epsilon((float) rmsProp.epsilon());
        }
        if (spec instanceof OptimizerSpec.Adam adam) {
            return rule.kind(Kernels.ADAM)
                    .beta1((float) adam.beta1())
                    .beta2((float) adam.beta2())
                    .epsilon((float) adam.epsilon());
        }
        if (spec instanceof OptimizerSpec.AdamW adamW) {
            return rule.kind(Kernels.ADAMW)
                    .beta1((float) adamW.beta1())
                    .beta2((float) adamW.beta2())
                    .epsilon((float) adamW.epsilon());
        }
        throw new AssertionError(spec);
    }

    private @Nullable Pointer values(OptimizerSlot one, OptimizerSlot other) {
        CudaArena arena = slots.containsKey(one) ? slots.get(one) : slots.get(other);
        return arena == null ? null : arena.values();
    }

    /** The array that the optimizer keeps under this name. */
    CudaArena slot(OptimizerSlot slot) {
        CudaArena arena = slots.get(slot);
        if (arena == null) {
            throw new IllegalArgumentException(context.trial().optimizer() + " keeps no " + slot);
        }
        return arena;
    }

    /** Zeros in every array, and {@code stepsBefore} updates gone before. */
    void reset(long stepsBefore) {
        slots.values().forEach(CudaArena::clear);
        rates.reset(stepsBefore);
    }

    /** Queues the rates of the steps {@code from .. to - 1} of {@code epoch}, which are to be run next. */
    void prepare(int epoch, int from, int to) {
        rates.upload(epoch, from, to);
    }

    /** Queues the update of a step of {@code batch} images, and with it the end of the step. */
    void update(int batch) {
        CudaRuntime.check(
                CudaKernels.optimizerUpdate(
                        rule,
                        context.parameters().master().values(),
                        context.gradients().values(),
                        mean,
                        square,
                        context.parameters().copy(),
                        segments,
                        segmentCount,
                        layout().size(),
                        rates.device(),
                        rates.steps(),
                        batch,
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_optimizer_update",
                LABEL);
    }

    /** Queues the penalty of the parameters as they are, to be read with {@link #penalty}. */
    void measurePenalty() {
        CudaRuntime.check(
                CudaKernels.penalty(
                        context.parameters().master().values(),
                        segments,
                        segmentCount,
                        layout().size(),
                        context.scratch().data(),
                        penalty,
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_penalty",
                LABEL);
        context.queue().download(hostPenalty, penalty, Double.BYTES, LABEL);
    }

    /** What was measured last, once the stream has been waited for. */
    double penalty() {
        return hostPenalty.get();
    }
}
