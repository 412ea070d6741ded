package dev.convoke.backend.cuda;

import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.javacpp.FloatPointer;

/** Measures work on one stream by events of the device. */
final class CudaStopwatch {
    /** One measurement at a time: two would disturb each other. */
    static final Object ONE_AT_A_TIME = new Object();

    /** One is enough where time is simulated, as in the tests. */
    private static final int TRIES = Math.max(1, Integer.getInteger("convoke.cuda.tries", 5));

    private final CudaStream stream;
    private final CUevent_st begin = CudaRuntime.createEvent();
    private final CUevent_st end = CudaRuntime.createEvent();
    private final FloatPointer milliseconds;

    /**
     * @param resources that own the events
     * @param stream on which the work is queued
     */
    CudaStopwatch(CudaResources resources, CudaStream stream) {
        this.stream = stream;
        milliseconds = resources.own(new FloatPointer(1));
        resources.onClose(() -> CudaRuntime.destroyEvent(begin));
        resources.onClose(() -> CudaRuntime.destroyEvent(end));
    }

    /** Milliseconds of the fastest of some tries, after one that does not count. */
    float fastest(Runnable work) {
        work.run();
        float best = Float.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            CudaRuntime.record(begin, stream.handle());
            work.run();
            CudaRuntime.record(end, stream.handle());
            stream.synchronize("a measurement");
            best = Math.min(best, CudaRuntime.elapsed(milliseconds, begin, end));
        }
        return best;
    }
}
