package dev.convoke.backend.cpu;

import java.util.List;

/**
 * A piece of a layer's parameters: how its gradient comes about, and what follows when it has moved.
 *
 * @param ranges the parameters
 * @param gradient sets their gradients over the whole batch
 * @param pack copies the moved weights to where the layer's passes read them
 */
record CpuUpdate(List<CpuParameterRange> ranges, CpuTeam.Work gradient, Runnable pack) {
    /** Nothing to do. */
    static final Runnable NOTHING = () -> {};

    CpuUpdate {
        ranges = List.copyOf(ranges);
    }
}
