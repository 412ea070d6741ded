package dev.convoke.backend.cuda;

import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.OptimizerSlot;
import dev.convoke.backend.StateLayout;
import dev.convoke.plan.Initializer;
import dev.convoke.plan.Segment;
import java.util.function.Function;

/** Copies a trial's state out of the arenas and back, canonical names and order. */
final class CudaState {
    private final CudaContext context;
    private final CudaOptimizer optimizer;
    private final StateLayout layout;
    private final CudaTransfer transfer;

    CudaState(CudaContext context, CudaOptimizer optimizer, StateLayout layout) {
        this.context = context;
        this.optimizer = optimizer;
        this.layout = layout;
        transfer = new CudaTransfer(context.queue());
    }

    /** Sets everything to what a run with {@code seed} starts from. */
    void initialize(long seed) {
        transfer.load(context.parameters().master(), segment -> Initializer.initial(segment.segment(), seed));
        transfer.load(context.statistics(), segment -> Initializer.initial(segment.segment(), seed));
        context.parameters().refresh();
        optimizer.reset(0);
        context.queue().synchronize("the initial state");
    }

    NamedTensors copy() {
        NamedTensors state = new NamedTensors();
        copy(context.parameters().master(), Segment::name, state);
        copy(context.statistics(), Segment::name, state);
        for (OptimizerSlot slot : layout.optimizer()) {
            copy(optimizer.slot(slot), slot::name, state);
        }
        return state;
    }

    void restore(NamedTensors state, long steps) {
        layout.check(state);
        load(context.parameters().master(), Segment::name, state);
        load(context.statistics(), Segment::name, state);
        context.parameters().refresh();
        optimizer.reset(steps);
        if (StateLayout.hasOptimizerState(state)) {
            for (OptimizerSlot slot : layout.optimizer()) {
                load(optimizer.slot(slot), slot::name, state);
            }
        }
        context.queue().synchronize("the restored state");
    }

    private void copy(CudaArena arena, Function<Segment, String> name, NamedTensors to) {
        transfer.fetch(arena, (segment, tensor) -> to.put(name.apply(segment.segment()), tensor));
    }

    private void load(CudaArena arena, Function<Segment, String> name, NamedTensors from) {
        transfer.load(arena, segment -> from.get(name.apply(segment.segment())));
    }
}
