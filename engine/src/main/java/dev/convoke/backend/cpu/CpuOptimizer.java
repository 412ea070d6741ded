package dev.convoke.backend.cpu;

import dev.convoke.backend.ArenaLayout;
import dev.convoke.backend.ArenaSegment;
import dev.convoke.backend.OptimizerSlot;
import dev.convoke.backend.Penalties;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.OptimizerSpec;
import dev.convoke.model.Penalty;
import dev.convoke.plan.Segment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** Moves all parameters of a trial with one kernel call, and knows their penalty. */
final class CpuOptimizer {
    private final CpuContext context;
    private final Kernels.Segments segments;
    private final int segmentCount;
    private final Kernels.OptimizerStep step;
    private final Map<OptimizerSlot, CpuArena> slots = new EnumMap<>(OptimizerSlot.class);
    private final @Nullable FloatPointer mean; // velocity or first moment
    private final @Nullable FloatPointer square; // square or second moment
    private final DoublePointer penalty;
    private final boolean penalized;
    private long steps;

    CpuOptimizer(CpuContext context) {
        this.context = context;
        CpuResources resources = context.resources();
        ArenaLayout layout = context.parameters().layout();
        OptimizerSpec spec = context.trial().optimizer();
        segmentCount = layout.segments().size();
        segments = segments(resources, context.trial().model(), spec, layout);
        step = step(resources, spec);
        penalized = layout.segments().stream()
                .map(each -> Penalties.of(context.trial().model(), each.segment()))
                .anyMatch(each -> each.l1() != 0 || each.l2() != 0);
        for (OptimizerSlot slot : OptimizerSlot.of(spec)) {
            slots.put(slot, new CpuArena(resources, slot.toString(), layout));
        }
        mean = values(OptimizerSlot.VELOCITY, OptimizerSlot.FIRST_MOMENT);
        square = values(OptimizerSlot.SQUARE, OptimizerSlot.SECOND_MOMENT);
        penalty = new DoublePointer(resources.allocate("penalty", Double.BYTES));
    }

    private static Kernels.Segments segments(
            CpuResources resources, ModelSpec model, OptimizerSpec optimizer, ArenaLayout layout) {
        List<ArenaSegment> all = layout.segments();
        Kernels.Segments table = resources.own(new Kernels.Segments(all.size()));
        for (int i = 0; i < all.size(); i++) {
            Segment segment = all.get(i).segment();
            Penalty penalty = Penalties.of(model, segment);
            float decay = (float) Penalties.weightDecay(optimizer, segment);
            table.position(i).offset(all.get(i).start()).length(segment.size());
            table.l1((float) penalty.l1()).l2((float) penalty.l2()).weightDecay(decay);
        }
        return table.position(0);
    }

    private static Kernels.OptimizerStep step(CpuResources resources, OptimizerSpec spec) {
        Kernels.OptimizerStep step = resources.own(new Kernels.OptimizerStep()).gradientScale(1);
        if (spec instanceof OptimizerSpec.Sgd sgd) {
            return step.kind(Kernels.SGD).momentum((float) sgd.momentum()).nesterov(sgd.nesterov() ? 1 : 0);
        }
        if (spec instanceof OptimizerSpec.RmsProp rmsProp) {
            return step.kind(Kernels.RMSPROP)
                    .rho((float) rmsProp.rho())
                    .momentum((float) rmsProp.momentum())
                    .epsilon((float) rmsProp.epsilon());
        }
        if (spec instanceof OptimizerSpec.Adam adam) {
            return step.kind(Kernels.ADAM)
                    .beta1((float) adam.beta1())
                    .beta2((float) adam.beta2())
                    .epsilon((float) adam.epsilon());
        }
        if (spec instanceof OptimizerSpec.AdamW adamW) {
            return step.kind(Kernels.ADAMW)
                    .beta1((float) adamW.beta1())
                    .beta2((float) adamW.beta2())
                    .epsilon((float) adamW.epsilon());
        }
        throw new AssertionError(spec);
    }

    private @Nullable FloatPointer values(OptimizerSlot one, OptimizerSlot other) {
        CpuArena arena = slots.containsKey(one) ? slots.get(one) : slots.get(other);
        return arena == null ? null : arena.values();
    }

    /** The array that the optimizer keeps under this name. */
    CpuArena slot(OptimizerSlot slot) {
        CpuArena arena = slots.get(slot);
        if (arena == null) {
            throw new IllegalArgumentException(context.trial().optimizer() + " keeps no " + slot);
        }
        return arena;
    }

    /** Zeros in every array, and {@code stepsBefore} updates gone before. */
    void reset(long stepsBefore) {
        slots.values().forEach(CpuArena::clear);
        steps = stepsBefore;
    }

    /**
     * Moves the parameters along the gradients.
     *
     * @return the penalty before the step
     */
    double update(double learningRate) {
        advance(learningRate);
        Kernels.optimizerUpdate(
                step,
                context.parameters().values(),
                context.gradients().values(),
                mean,
                square,
                segments,
                segmentCount,
                penalty,
                context.threads());
        context.packings().outdate();
        return penalty.get();
    }

    private void advance(double learningRate) {
        steps++;
        step.step(steps);
        step.learningRate((float) learningRate);
    }

    /**
     * Begins a step whose parameters move range by range.
     *
     * @return the penalty before the step
     */
    double begin(double learningRate) {
        advance(learningRate);
        return penalty();
    }

    /** Some of the parameters, made once. */
    Kernels.Segments range(CpuParameterRange... ranges) {
        Kernels.Segments table = context.resources().own(new Kernels.Segments(ranges.length));
        for (int i = 0; i < ranges.length; i++) {
            Segment segment = ranges[i].segment();
            ArenaSegment whole = context.parameters().layout().segments().get(segment.index());
            Penalty pull = Penalties.of(context.trial().model(), segment);
            float decay = (float) Penalties.weightDecay(context.trial().optimizer(), segment);
            table.position(i).offset(whole.start() + ranges[i].from()).length(ranges[i].length());
            table.l1((float) pull.l1()).l2((float) pull.l2()).weightDecay(decay);
        }
        return table.position(0);
    }

    /** Moves {@code count} ranges of parameters along their gradients, in the step that has begun. */
    void update(Kernels.Segments ranges, int count) {
        Kernels.optimizerUpdate(
                step,
                context.parameters().values(),
                context.gradients().values(),
                mean,
                square,
                ranges,
                count,
                null,
                1);
    }

    /** The penalty of the parameters as they are; by one thread, since OpenMP's would go on spinning where the team works. */
    double penalty() {
        return penalized ? Kernels.penalty(context.parameters().values(), segments, segmentCount, 1) : 0;
    }
}
