package dev.convoke.backend.graph;

import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.StateLayout;
import dev.convoke.model.OptimizerSlot;
import dev.convoke.model.UpdateRule;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Segment;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** What a session keeps from step to step: parameters, their gradients, running statistics and the optimizer's arrays. */
public final class Arenas {
    private final StateLayout layout;
    private final boolean averages;
    private final Arena parameters;
    private final Arena gradients;
    private final Arena statistics;
    private final Map<OptimizerSlot, Arena> slots = new EnumMap<>(OptimizerSlot.class);

    public Arenas(Memory memory, Plan plan, UpdateRule rule) {
        int step = memory.alignment() / Float.BYTES;
        ArenaLayout trained = ArenaLayout.parameters(plan, step);
        layout = StateLayout.of(plan, rule);
        averages = rule.averages();
        parameters = new Arena(memory, "parameters", trained);
        gradients = new Arena(memory, "gradients", trained);
        statistics = new Arena(memory, "running statistics", ArenaLayout.statistics(plan, step));
        for (OptimizerSlot slot : rule.slots()) {
            slots.put(slot, new Arena(memory, slot.label(), trained));
        }
    }

    /** What the optimizer updates. */
    public Arena parameters() {
        return parameters;
    }

    /** Of the mean data loss, in the layout of the parameters. */
    public Arena gradients() {
        return gradients;
    }

    /** Running statistics of batch normalization. */
    public Arena statistics() {
        return statistics;
    }

    /** One of the update rule's arrays. */
    public Arena slot(OptimizerSlot slot) {
        Arena arena = slots.get(slot);
        if (arena == null) {
            throw new IllegalArgumentException("the update rule keeps no " + slot);
        }
        return arena;
    }

    /** The values of the first of these arrays that the rule keeps; null for none. */
    public @Nullable FloatPointer values(OptimizerSlot... wanted) {
        for (OptimizerSlot slot : wanted) {
            if (slots.containsKey(slot)) {
                return slots.get(slot).values();
            }
        }
        return null;
    }

    /** Sets everything to what a run with {@code seed} starts from. */
    public void initialize(long seed) {
        parameters.initialize(seed);
        statistics.initialize(seed);
        resetSlots();
    }

    private void resetSlots() {
        slots.values().forEach(Arena::clear);
        if (averages) {
            slot(OptimizerSlot.AVERAGE).copyFrom(parameters);
        }
    }

    /** Copies the state out, canonical names and order. */
    public NamedTensors state() {
        NamedTensors state = new NamedTensors();
        copy(parameters, Segment::name, state);
        copy(statistics, Segment::name, state);
        for (OptimizerSlot slot : layout.optimizer()) {
            copy(slot(slot), segment -> StateLayout.name(slot, segment), state);
        }
        return state;
    }

    /**
     * Takes a state in.
     *
     * @throws IllegalArgumentException if it does not fit; nothing is changed then
     */
    public void restore(NamedTensors state) {
        layout.check(state);
        load(parameters, Segment::name, state);
        load(statistics, Segment::name, state);
        resetSlots();
        if (StateLayout.hasOptimizerState(state)) {
            for (OptimizerSlot slot : layout.optimizer()) {
                load(slot(slot), segment -> StateLayout.name(slot, segment), state);
            }
        }
    }

    /**
     * Does something with the values of one of the rule's arrays in the place of the parameters.
     *
     * @param changed to be called whenever the parameters have changed
     */
    public <R> R withParameters(OptimizerSlot slot, Runnable changed, Supplier<R> work) {
        gradients.copyFrom(parameters); // which nothing reads between two steps
        parameters.copyFrom(slot(slot));
        changed.run();
        try {
            return work.get();
        } finally {
            parameters.copyFrom(gradients);
            changed.run();
        }
    }

    /** The gradients of the parameters that are trained. */
    public NamedTensors trainedGradients() {
        NamedTensors trained = new NamedTensors();
        for (ArenaSegment segment : gradients.layout().segments()) {
            if (!segment.segment().rule().frozen()) {
                trained.put(segment.segment().name(), gradients.tensor(segment));
            }
        }
        return trained;
    }

    private static void copy(Arena arena, Function<Segment, String> name, NamedTensors to) {
        for (ArenaSegment segment : arena.layout().segments()) {
            to.put(name.apply(segment.segment()), arena.tensor(segment));
        }
    }

    private static void load(Arena arena, Function<Segment, String> name, NamedTensors from) {
        for (ArenaSegment segment : arena.layout().segments()) {
            arena.load(segment, from.get(name.apply(segment.segment())));
        }
    }
}
