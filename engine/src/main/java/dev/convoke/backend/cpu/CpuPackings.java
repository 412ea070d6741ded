package dev.convoke.backend.cpu;

import dev.convoke.plan.Segment;
import java.util.HashMap;
import java.util.Map;

/** The packed weights of a session, one copy for all of its networks, and whether they are those of the arena. */
final class CpuPackings {
    private final CpuResources resources;
    private final CpuArena parameters;
    private final Map<Segment, CpuPackedWeights> packed = new HashMap<>();
    private boolean outdated = true;

    CpuPackings(CpuResources resources, CpuArena parameters) {
        this.resources = resources;
        this.parameters = parameters;
    }

    /** The copy of {@code kernel}, made where there is none; every network of a session asks for the same one. */
    CpuPackedWeights of(Segment kernel, long bytes, int filters, CpuPackedWeights.Packing packing) {
        return packed.computeIfAbsent(
                kernel,
                missing -> new CpuPackedWeights(
                        parameters.of(missing),
                        resources.allocate(missing.name() + " packed", bytes),
                        filters,
                        packing));
    }

    /** The parameters have changed otherwise than range by range. */
    void outdate() {
        outdated = true;
    }

    /** Packs anew what has changed. */
    void refresh() {
        if (outdated) {
            packed.values().forEach(CpuPackedWeights::packAll);
            outdated = false;
        }
    }
}
