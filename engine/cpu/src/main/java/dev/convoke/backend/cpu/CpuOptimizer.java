package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.ArenaLayout;
import dev.convoke.backend.graph.ArenaSegment;
import dev.convoke.backend.graph.NativeRule;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.OptimizerSlot;
import dev.convoke.model.UpdateRule;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** Moves the parameters by the update rule, range by range, and knows their penalty. */
final class CpuOptimizer {
    /** Some of the parameters. */
    record Ranges(Kernels.Parameter table, int count) {}

    private final CpuContext context;
    private final UpdateRule rule;
    private final Ranges all;
    private final Kernels.UpdateRule step;
    private final @Nullable FloatPointer mean; // velocity or first moment
    private final @Nullable FloatPointer square; // square or second moment
    private final @Nullable FloatPointer average;
    private final @Nullable FloatPointer accumulated;
    private final boolean penalized;
    private long updates;
    private boolean begins;
    private boolean moves;

    CpuOptimizer(CpuContext context) {
        this.context = context;
        rule = context.trial().rule();
        ArenaLayout layout = context.parameters().layout();
        all = new Ranges(
                context.resources().own(NativeRule.table(rule.optimizer(), layout)),
                layout.segments().size());
        step = context.resources().own(NativeRule.of(rule));
        penalized = layout.segments().stream()
                .anyMatch(each -> !each.segment().penalty().isNone());
        mean = context.arenas().values(OptimizerSlot.VELOCITY, OptimizerSlot.FIRST_MOMENT);
        square = context.arenas().values(OptimizerSlot.SQUARE, OptimizerSlot.SECOND_MOMENT);
        average = context.arenas().values(OptimizerSlot.AVERAGE);
        accumulated = context.arenas().values(OptimizerSlot.ACCUMULATED);
    }

    /** Some of the parameters, made once. */
    Ranges ranges(List<CpuParameterRange> ranges) {
        Kernels.Parameter table = context.resources().own(new Kernels.Parameter(Math.max(1, ranges.size())));
        for (int i = 0; i < ranges.size(); i++) {
            CpuParameterRange range = ranges.get(i);
            ArenaSegment whole =
                    context.parameters().layout().segments().get(range.segment().index());
            NativeRule.put(table, i, rule.optimizer(), range.segment(), whole.start() + range.from(), range.length());
        }
        return new Ranges(table, ranges.size());
    }

    /** Whether each range may move as soon as its own gradient is there. */
    boolean movesAtOnce() {
        return rule.accumulation() == 1 && rule.clipping().norm() == 0;
    }

    /** {@code updatesBefore} updates have gone before. */
    void reset(long updatesBefore) {
        updates = updatesBefore;
    }

    /**
     * Begins a step.
     *
     * @param first whether it is the first of the batches whose gradients make an update
     * @param last whether it is the last, behind which parameters move
     * @return the penalty before the step
     */
    double begin(double learningRate, boolean first, boolean last) {
        begins = first;
        moves = last;
        if (last) {
            updates++;
            step.step(updates).learningRate((float) learningRate);
        }
        return penalty();
    }

    /** Whether parameters move in the step that has begun. */
    boolean moves() {
        return moves;
    }

    /** Adds the gradients of some parameters to those of the batches before, where several make an update. */
    void accumulate(Ranges ranges) {
        if (accumulated != null) {
            Kernels.accumulate(
                    accumulated, context.gradients().values(), ranges.table(), ranges.count(), begins ? 1 : 0, 1);
        }
    }

    void accumulateAll() {
        accumulate(all);
    }

    /** Finds the factor that cuts the gradients to the rule's norm; all of them must be there. */
    void measureNorm() {
        double most = rule.clipping().norm();
        if (most > 0 && moves) {
            double norm = Math.sqrt(Kernels.parametersSquareSum(
                    context.parameters().values(), gradients(), step.clipValue(), all.table(), all.count(), 1));
            step.gradientScale(norm > most ? (float) (most / norm) : 1);
        }
    }

    private FloatPointer gradients() {
        return accumulated == null ? context.gradients().values() : accumulated;
    }

    /** Moves some parameters along their gradients, in the step that has begun. */
    void update(Ranges ranges) {
        Kernels.parametersUpdate(
                step,
                context.parameters().values(),
                gradients(),
                mean,
                square,
                average,
                ranges.table(),
                ranges.count(),
                null,
                1);
    }

    /**
     * The penalty of the current parameters; computed by one thread, since OpenMP's threads would keep spinning while the
     * team works.
     */
    double penalty() {
        return penalized ? Kernels.parametersPenalty(context.parameters().values(), all.table(), all.count(), 1) : 0;
    }
}
