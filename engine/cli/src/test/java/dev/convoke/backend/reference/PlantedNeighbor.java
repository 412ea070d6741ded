package dev.convoke.backend.reference;

import dev.convoke.backend.cpu.CpuBackend;

/** An oracle that leans on what it is to judge, so that the rule of backends has something to find. */
public final class PlantedNeighbor {
    final CpuBackend judged = new CpuBackend();
}
