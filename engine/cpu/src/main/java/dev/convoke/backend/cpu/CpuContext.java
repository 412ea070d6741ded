package dev.convoke.backend.cpu;

import dev.convoke.backend.Execution;
import dev.convoke.backend.TrialSpec;
import dev.convoke.backend.graph.Arena;
import dev.convoke.backend.graph.Arenas;

/**
 * What the layers of one session share.
 *
 * @param engine oneDNN
 * @param execution threads and choice of kernels
 * @param trial seed and update rule
 * @param arenas parameters, gradients, statistics, optimizer state
 * @param step which step runs
 * @param batch images of a full training batch
 * @param team the session's threads
 * @param workspaces one for each thread of the team
 * @param packings copies of weights that follow the parameters
 */
record CpuContext(
        DnnlEngine engine,
        Execution execution,
        TrialSpec trial,
        Arenas arenas,
        CpuStep step,
        int batch,
        CpuTeam team,
        CpuWorkspaces workspaces,
        CpuPackings packings) {

    CpuResources resources() {
        return engine.resources();
    }

    int threads() {
        return execution.threads();
    }

    Arena parameters() {
        return arenas.parameters();
    }

    Arena gradients() {
        return arenas.gradients();
    }

    Arena statistics() {
        return arenas.statistics();
    }

    /** What the operands of oneDNN's convolutions and dense layers are rounded to. */
    DnnlFormat operands() {
        return DnnlFormat.ofOperands(execution.precision());
    }
}
