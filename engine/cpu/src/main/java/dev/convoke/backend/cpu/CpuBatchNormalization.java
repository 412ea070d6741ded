package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.backend.graph.ChannelsLast;
import dev.convoke.backend.graph.Mode;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Role;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalization with an optional following ReLU. With the batch's statistics it needs the whole batch; if nothing is
 * trained, or the layer is frozen, it uses the running statistics, part by part.
 */
final class CpuBatchNormalization extends CpuLayer {
    // Largest size for which one thread is as fast: OpenMP's threads would keep spinning while the session's threads
    // work.
    private static final int VALUES_OF_ONE_THREAD = 1 << 17;

    private final BatchNormalization layer;
    private final Op op;
    private final CpuReluFusion relu;
    private final boolean byBatch;
    private final int threads;
    private final long rows; // N * H * W
    private final int pixels;
    private final int channels;
    private final @Nullable FloatPointer gamma;
    private final @Nullable FloatPointer beta;
    private final FloatPointer runningMean;
    private final FloatPointer runningVariance;
    private final Buffer mean; // [C], of the batch
    private final Buffer inverseDeviation; // [C], 1 / sqrt(variance + epsilon) of the batch
    private final @Nullable FloatPointer zeros; // [C], the mean of a gradient
    private final CpuPartPointers x;
    private final CpuPartPointers y;
    private final @Nullable CpuPartPointers dx;
    private final @Nullable CpuPartPointers dy;

    /** @param ops the normalization, and the ReLU where there is one */
    CpuBatchNormalization(
            CpuContext context,
            Mode mode,
            List<Op> ops,
            int place,
            BatchNormalization layer,
            CpuReluFusion relu,
            Activations input,
            Activations output) {
        super(context, ops, place, List.of(input), output);
        this.layer = layer;
        this.relu = relu;
        op = ops.get(0);
        byBatch = mode == Mode.TRAINING && !layer.rule().frozen();
        rows = input.rows();
        pixels = ChannelsLast.pixels(input.shape());
        channels = input.shape().channels();
        threads = output.count() <= VALUES_OF_ONE_THREAD ? 1 : context.threads();
        gamma = parameter(op.find(Role.GAMMA));
        beta = parameter(op.find(Role.BETA));
        runningMean = context.statistics().of(op.segment(Role.RUNNING_MEAN));
        runningVariance = context.statistics().of(op.segment(Role.RUNNING_VARIANCE));
        context.workspaces().atLeast(Kernels.batchNormWorkspaceBytes(channels));
        mean = new Buffer(op.name() + " mean", (long) channels * Float.BYTES);
        inverseDeviation = new Buffer(op.name() + " inverse deviation", (long) channels * Float.BYTES);
        x = CpuPartPointers.values(input, parts());
        y = CpuPartPointers.values(output, parts());
        dx = CpuPartPointers.gradient(input, parts());
        dy = CpuPartPointers.gradient(output, parts());
        zeros = !byBatch && dx != null
                ? new FloatPointer(context.resources().allocate("zeros", (long) channels * Float.BYTES))
                : null;
        buffers().forEach(buffer -> buffer.usedForward(place));
        if (output.hasGradient()) {
            buffers().forEach(buffer -> buffer.usedBackward(place));
            input.values().usedBackward(place);
            if (relu == CpuReluFusion.MASKS) {
                output.values().usedBackward(place);
            }
        }
    }

    private @Nullable FloatPointer parameter(@Nullable Segment segment) {
        return segment == null ? null : context().parameters().of(segment);
    }

    private @Nullable FloatPointer gradient(@Nullable Segment segment) {
        return segment == null ? null : context().gradients().of(segment);
    }

    @Override
    boolean isWhole() {
        return byBatch;
    }

    @Override
    public List<Buffer> buffers() {
        return List.of(mean, inverseDeviation);
    }

    @Override
    public String forwardKernels() {
        return CpuKernels.own(relu == CpuReluFusion.NONE ? "batch norm" : "batch norm; ReLU");
    }

    @Override
    public String backwardKernels() {
        return CpuKernels.own(relu == CpuReluFusion.NONE ? "batch norm" : "ReLU; batch norm");
    }

    @Override
    List<CpuUpdate> updates() {
        if (!op.isTrained()) {
            return List.of();
        }
        List<CpuParameterRange> ranges =
                op.parameters().stream().map(CpuParameterRange::all).toList();
        return List.of(new CpuUpdate(ranges, (task, worker) -> {}, CpuUpdate.NOTHING));
    }

    @Override
    void forward(int part, int worker) {
        if (byBatch) {
            normalizeByBatch(worker);
            rectify(output().data(), output().count(), threads);
        } else {
            Kernels.batchNormInference(
                    x.floats(part),
                    (long) parts().images(part) * pixels,
                    channels,
                    gamma,
                    beta,
                    (float) layer.epsilon(),
                    runningMean,
                    runningVariance,
                    y.floats(part),
                    1);
            rectify(y.floats(part), count(part), 1);
        }
    }

    private long count(int part) {
        return (long) parts().images(part) * output().shape().size();
    }

    private void rectify(FloatPointer values, long count, int workers) {
        if (relu != CpuReluFusion.NONE) {
            Kernels.activationForward(Kernels.RELU, values, values, count, 0, workers);
        }
    }

    private void normalizeByBatch(int worker) {
        Kernels.batchNormForward(
                input().data(),
                rows,
                channels,
                gamma,
                beta,
                (float) layer.epsilon(),
                (float) layer.momentum(),
                layer.isUnbiased(op.inputShape()) ? Kernels.UNBIASED : Kernels.BIASED,
                runningMean,
                runningVariance,
                mean.floats(),
                inverseDeviation.floats(),
                output().data(),
                context().workspaces().of(worker),
                threads);
    }

    @Override
    void backwardData(int part, int worker) {
        if (dy == null) {
            return;
        }
        if (byBatch) {
            backwardByBatch(worker);
            return;
        }
        FloatPointer gradient = dy.floats(part);
        if (relu == CpuReluFusion.MASKS) {
            Kernels.reluDropoutBackward(y.floats(part), gradient, gradient, count(part), 1, 1);
        }
        if (dx != null && zeros != null) {
            // The gradient of y = (x - mean) * scale + shift is scaled alike, without mean and shift.
            Kernels.batchNormInference(
                    gradient,
                    (long) parts().images(part) * pixels,
                    channels,
                    gamma,
                    null,
                    (float) layer.epsilon(),
                    zeros,
                    runningVariance,
                    dx.floats(part),
                    1);
        }
    }

    private void backwardByBatch(int worker) {
        FloatPointer gradient = output().gradientData();
        if (relu == CpuReluFusion.MASKS) {
            Kernels.reluDropoutBackward(output().data(), gradient, gradient, output().count(), 1, threads);
        }
        // If no gradient of the input is needed, it is written over that of the output, which is no longer used.
        Kernels.batchNormBackward(
                input().data(),
                gradient,
                rows,
                channels,
                gamma,
                mean.floats(),
                inverseDeviation.floats(),
                gradient(op.find(Role.GAMMA)),
                gradient(op.find(Role.BETA)),
                input().hasGradient() ? input().gradientData() : gradient,
                context().workspaces().of(worker),
                threads);
    }
}
