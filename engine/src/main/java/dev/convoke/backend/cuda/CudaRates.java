package dev.convoke.backend.cuda;

import dev.convoke.backend.EpochSchedule;
import dev.convoke.kernels.CudaKernels.StepRates;
import dev.convoke.model.OptimizerSpec;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The learning rates of an epoch's steps on the device, uploaded for a range of steps at a time. */
final class CudaRates {
    private static final String LABEL = "learning rates";

    private final CudaStream stream;
    private final EpochSchedule schedule;
    private final double beta1; // of Adam; 0 elsewhere
    private final double beta2;
    private final long bytes; // of one step
    private final BytePointer memory; // [steps of an epoch], pinned
    private final FloatPointer host; // the same, [steps of an epoch, 2]: convoke_step_rates has two fields
    private final BytePointer device; // [steps of an epoch]
    private long updates; // that went before

    CudaRates(CudaResources resources, EpochSchedule schedule, OptimizerSpec optimizer) {
        stream = resources.stream();
        this.schedule = schedule;
        if (optimizer instanceof OptimizerSpec.Adam adam) {
            beta1 = adam.beta1();
            beta2 = adam.beta2();
        } else if (optimizer instanceof OptimizerSpec.AdamW adamW) {
            beta1 = adamW.beta1();
            beta2 = adamW.beta2();
        } else {
            beta1 = 0;
            beta2 = 0;
        }
        try (StepRates one = new StepRates(1)) {
            bytes = one.sizeof();
        }
        memory = resources.allocateHost(LABEL, bytes * steps());
        host = new FloatPointer(memory);
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

    /** Queues the rates of the steps {@code from .. to - 1}, which are the next updates. */
    void upload(int epoch, int from, int to) {
        for (int step = from; step < to; step++) {
            updates++;
            double rate = schedule.rate(epoch, step);
            host.put(2L * step, (float) rate);
            host.put(2L * step + 1, (float) (rate * correction()));
        }
        stream.upload(device.getPointer(from * bytes), memory.getPointer(from * bytes), (to - from) * bytes, LABEL);
    }

    // Adam's bias correction at update t: sqrt(1 - beta2^t) / (1 - beta1^t).
    private double correction() {
        if (beta1 == 0 && beta2 == 0) {
            return 1;
        }
        double update = (double) updates;
        return Math.sqrt(1 - Math.pow(beta2, update)) / (1 - Math.pow(beta1, update));
    }
}
