package dev.convoke.backend;

import dev.convoke.model.OptimizerSlot;
import dev.convoke.model.UpdateRule;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a trial's state consists of, in canonical order: parameters, running statistics, then the optimizer's arrays one
 * after the other.
 *
 * @param parameters what the optimizer updates
 * @param statistics running statistics of batch normalization
 * @param optimizer the arrays that the optimizer keeps, each with a part for every parameter
 */
public record StateLayout(List<Segment> parameters, List<Segment> statistics, List<OptimizerSlot> optimizer) {
    /** What the names of optimizer state start with. */
    public static final String OPTIMIZER_PREFIX = "optimizer/";

    public StateLayout {
        parameters = List.copyOf(parameters);
        statistics = List.copyOf(statistics);
        optimizer = List.copyOf(optimizer);
    }

    public static StateLayout of(Plan plan, UpdateRule rule) {
        return new StateLayout(plan.parameters().segments(), plan.statistics().segments(), rule.slots());
    }

    /** Name of the part of {@code slot} that belongs to {@code segment} in a session's state. */
    public static String name(OptimizerSlot slot, Segment segment) {
        return OPTIMIZER_PREFIX + slot.label() + "/" + segment.name();
    }

    /**
     * The tensors of {@code state} that evaluation uses, under the network's names: parameters, or their moving averages if
     * the training kept them, and running statistics.
     */
    public static NamedTensors answering(NamedTensors state) {
        String averages = OPTIMIZER_PREFIX + OptimizerSlot.AVERAGE.label() + "/";
        NamedTensors network = new NamedTensors();
        for (String name : state.names()) {
            if (!name.startsWith(OPTIMIZER_PREFIX)) {
                Tensor average = state.find(averages + name);
                network.put(name, average == null ? state.get(name) : average);
            }
        }
        return network;
    }

    /** Whether {@code state} brings optimizer state along. */
    public static boolean hasOptimizerState(NamedTensors state) {
        return state.names().stream().anyMatch(name -> name.startsWith(OPTIMIZER_PREFIX));
    }

    /**
     * Checks a state that is to be restored: every tensor there, none unknown, all of the right shape. Optimizer state may
     * be missing as a whole.
     *
     * @throws IllegalArgumentException naming the first tensor that is wrong
     */
    public void check(NamedTensors state) {
        Map<String, Segment> wanted = new LinkedHashMap<>();
        List<Segment> network = new ArrayList<>(parameters);
        network.addAll(statistics);
        network.forEach(segment -> wanted.put(segment.name(), segment));
        if (hasOptimizerState(state)) {
            for (OptimizerSlot slot : optimizer) {
                parameters.forEach(segment -> wanted.put(name(slot, segment), segment));
            }
        }
        for (String name : state.names()) {
            if (!wanted.containsKey(name)) {
                throw new IllegalArgumentException("the state holds '" + name
                        + "', which this network and optimizer do not have; use a state of the same network");
            }
        }
        wanted.forEach((name, segment) -> checkOne(state, name, segment));
    }

    private static void checkOne(NamedTensors state, String name, Segment segment) {
        Tensor tensor = state.find(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "the state lacks '" + name + "'; use a state of the same network and optimizer");
        }
        if (!tensor.shape().equals(segment.shape())) {
            throw new IllegalArgumentException("the state's '" + name + "' is " + tensor.shape()
                    + ", but this network needs " + segment.shape() + "; use a state of the same network");
        }
    }
}
