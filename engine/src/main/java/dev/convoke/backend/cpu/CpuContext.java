package dev.convoke.backend.cpu;

import dev.convoke.backend.Execution;
import dev.convoke.backend.TrialSpec;

/**
 * What the layers of one session share.
 *
 * @param engine oneDNN
 * @param execution threads and choice of kernels
 * @param trial dropout rates, penalties, seed
 * @param parameters what the optimizer updates
 * @param gradients of the mean data loss, in the layout of the parameters
 * @param statistics running statistics of batch normalization
 * @param step which step runs
 * @param batch images of a full training batch
 * @param team the session's threads, for what is split by image
 * @param workspaces one for each thread of the team
 * @param packings copies of weights that follow the parameters
 */
record CpuContext(
        DnnlEngine engine,
        Execution execution,
        TrialSpec trial,
        CpuArena parameters,
        CpuArena gradients,
        CpuArena statistics,
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

    /** What the operands of oneDNN's convolutions and dense layers are rounded to. */
    DnnlFormat operands() {
        return DnnlFormat.ofOperands(execution.precision());
    }
}
