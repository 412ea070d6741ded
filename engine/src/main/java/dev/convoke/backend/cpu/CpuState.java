package dev.convoke.backend.cpu;

import dev.convoke.backend.ArenaSegment;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.OptimizerSlot;
import dev.convoke.backend.StateLayout;
import dev.convoke.plan.Segment;
import java.util.function.Function;

/** Copies a trial's state out of the arenas and back, canonical names and order. */
final class CpuState {
    private final CpuContext context;
    private final CpuOptimizer optimizer;
    private final StateLayout layout;

    CpuState(CpuContext context, CpuOptimizer optimizer, StateLayout layout) {
        this.context = context;
        this.optimizer = optimizer;
        this.layout = layout;
    }

    NamedTensors copy() {
        NamedTensors state = new NamedTensors();
        copy(context.parameters(), Segment::name, state);
        copy(context.statistics(), Segment::name, state);
        for (OptimizerSlot slot : layout.optimizer()) {
            copy(optimizer.slot(slot), slot::name, state);
        }
        return state;
    }

    void restore(NamedTensors state, long steps) {
        layout.check(state);
        load(context.parameters(), Segment::name, state);
        load(context.statistics(), Segment::name, state);
        context.packings().outdate();
        optimizer.reset(steps);
        if (StateLayout.hasOptimizerState(state)) {
            for (OptimizerSlot slot : layout.optimizer()) {
                load(optimizer.slot(slot), slot::name, state);
            }
        }
    }

    private static void copy(CpuArena arena, Function<Segment, String> name, NamedTensors to) {
        for (ArenaSegment segment : arena.layout().segments()) {
            to.put(name.apply(segment.segment()), arena.tensor(segment));
        }
    }

    private static void load(CpuArena arena, Function<Segment, String> name, NamedTensors from) {
        for (ArenaSegment segment : arena.layout().segments()) {
            arena.load(segment, from.get(name.apply(segment.segment())));
        }
    }
}
