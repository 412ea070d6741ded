package dev.convoke.backend.cuda;

import dev.convoke.backend.StepProfile;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Measures training steps part by part on the device's own clock, with an event between every two parts. The steps run part
 * by part, not as a recorded graph: their kernels are the same, the gaps between them are wider.
 */
final class CudaProfiler implements AutoCloseable {
    private static final double NANOS_PER_MILLISECOND = 1e6;
    private static final String UNRECORDED = ", outside of its graph";

    private final CudaResources resources;
    private final CudaStream stream;
    private final List<CudaTrainingStep.Part> work;
    private final List<StepProfile.Part> parts = new ArrayList<>();
    private final CUevent_st[] events; // between the parts
    private final FloatPointer milliseconds; // host
    private final long[] stepNanos; // [steps]

    /** @param steps how many are to be measured */
    CudaProfiler(CudaContext context, CudaTrainingStep step, int steps) {
        resources = new CudaResources(context.resources().device());
        stream = context.queue();
        work = step.parts();
        for (CudaTrainingStep.Part part : work) {
            parts.add(new StepProfile.Part(
                    part.name(), part.pass(), part.kernels() + UNRECORDED, new long[steps], new long[steps]));
        }
        events = new CUevent_st[work.size() + 1];
        milliseconds = resources.own(new FloatPointer(1));
        for (int i = 0; i < events.length; i++) {
            CUevent_st event = CudaRuntime.createEvent();
            resources.onClose(() -> CudaRuntime.destroyEvent(event));
            events[i] = event;
        }
        stepNanos = new long[steps];
    }

    /** Runs the next step and notes its times at {@code place}. */
    void run(int place) {
        CudaRuntime.record(events[0], stream.handle());
        for (int i = 0; i < work.size(); i++) {
            work.get(i).work().run();
            CudaRuntime.record(events[i + 1], stream.handle());
        }
        stream.synchronize("the measurement");
        // All times from the step's start, so that roundings cannot let a part begin before the one ahead has ended.
        long start = 0;
        for (int i = 0; i < work.size(); i++) {
            long end = nanosUntil(i + 1);
            parts.get(i).startNanos()[place] = start;
            parts.get(i).nanos()[place] = end - start;
            start = end;
        }
        stepNanos[place] = start;
    }

    private long nanosUntil(int event) {
        return Math.round(CudaRuntime.elapsed(milliseconds, events[0], events[event]) * NANOS_PER_MILLISECOND);
    }

    StepProfile profile() {
        return new StepProfile(parts, stepNanos);
    }

    @Override
    public void close() {
        resources.close();
    }
}
