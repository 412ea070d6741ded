package dev.convoke.backend.cuda;

import dev.convoke.backend.EpochSchedule;
import dev.convoke.backend.UpdateGroups;
import dev.convoke.kernels.CudaKernels.StepPlan;
import dev.convoke.model.Optimizer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The schedule of an epoch's steps on the device, uploaded for a range of steps at a time: the learning rate, the number of
 * images of the mean, and whether the parameters are updated after the step. One recording of a step can therefore be used
 * at every position in a group of steps whose gradients are accumulated.
 */
final class CudaStepPlans {
    private static final String LABEL = "the plans of the steps";

    private final CudaStream stream;
    private final EpochSchedule schedule;
    private final UpdateGroups groups;
    private final Optimizer optimizer;
    private final long bytes; // of one step
    private final StepPlan host; // [steps of an epoch], pinned
    private final BytePointer memory; // the same
    private final BytePointer device; // [steps of an epoch]
    private long updates; // that went before

    CudaStepPlans(CudaResources resources, EpochSchedule schedule, UpdateGroups groups, Optimizer optimizer) {
        stream = resources.stream();
        this.schedule = schedule;
        this.groups = groups;
        this.optimizer = optimizer;
        try (StepPlan one = new StepPlan(1)) {
            bytes = one.sizeof();
        }
        memory = resources.allocateHost(LABEL, bytes * steps());
        host = new StepPlan(memory);
        device = resources.allocate(LABEL, bytes * steps());
    }

    /** Steps of an epoch. */
    int steps() {
        return schedule.stepsPerEpoch();
    }

    Pointer device() {
        return device;
    }

    void reset(long updatesBefore) {
        updates = updatesBefore;
    }

    /** Queues the plans of the steps {@code from .. to - 1}, which are to be run next. */
    void upload(int epoch, int from, int to) {
        // Whether a step begins a group, the kernel sees by the plan before it.
        int first = Math.max(0, from - 1);
        if (first < from) {
            put(first, 0, 0, 0, groups.updates(first));
        }
        for (int step = from; step < to; step++) {
            boolean moves = groups.updates(step);
            updates += moves ? 1 : 0;
            double rate = schedule.rate(epoch, step);
            double size = moves ? rate * optimizer.correction(updates) : 0;
            put(step, rate, size, 1.0 / groups.images(step), moves);
        }
        queue(first, to);
    }

    /** Queues a plan for looking at {@code step}: the mean is over its own {@code images} alone. */
    void uploadAlone(int step, int images) {
        put(step, 0, 0, 1.0 / images, false);
        queue(step, step + 1);
    }

    private void put(int step, double rate, double size, double scale, boolean moves) {
        host.position(step)
                .learningRate((float) rate)
                .stepSize((float) size)
                .lossScale((float) scale)
                .updates(moves ? 1 : 0);
    }

    private void queue(int from, int to) {
        stream.upload(device.getPointer(from * bytes), memory.getPointer(from * bytes), (to - from) * bytes, LABEL);
    }
}
