package dev.convoke.backend.cuda;

import dev.convoke.backend.TrainingSums;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.kernels.CudaKernels.StepState;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * What changes from step to step, on the device, where the kernels of a step read and advance it. The host sets it before a
 * range of steps and reads its sums after.
 */
final class CudaStepState {
    private static final String LABEL = "the state of the steps";

    private final CudaStream stream;
    private final long bytes;
    private final StepState host; // pinned
    private final BytePointer device;

    CudaStepState(CudaResources resources) {
        stream = resources.stream();
        try (StepState one = new StepState(1)) {
            bytes = one.sizeof();
        }
        host = new StepState(resources.allocateHost(LABEL, bytes));
        device = resources.allocate(LABEL, bytes);
    }

    /** The state as kernels take it. */
    Pointer device() {
        return device;
    }

    /**
     * Queues that the next step is {@code step} of {@code epoch}, and sums that begin at zero. Whatever was queued before
     * must have ended.
     *
     * @param firstPosition position in the epoch's order of the step's first image
     */
    void begin(int epoch, int step, int firstPosition) {
        Pointer.memset(host, 0, bytes);
        host.epoch(epoch).step(step).firstPosition(firstPosition).gradientScale(1);
        stream.upload(device, host, bytes, LABEL);
    }

    /** Queues that the next step is the one behind {@code batch} more images. */
    void advance(int batch, String label) {
        CudaRuntime.check(CudaKernels.advance(device, batch, stream.handle()), "convoke_cuda_advance", label);
    }

    /** Queues the way back; the sums can be read once the stream has been waited for. */
    void fetch() {
        stream.download(host, device, bytes, LABEL);
    }

    TrainingSums sums() {
        return new TrainingSums(
                host.images(), host.lossSum(), host.penaltySum(), host.metricSums(0), host.metricSums(1));
    }
}
