package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import java.util.List;

/** Batch normalization, with the ReLU that may follow. */
final class CpuBatchNormalization extends CpuLayer {
    // Values up to which one thread is as fast: OpenMP's threads go on spinning where the session's own would work.
    private static final int VALUES_OF_ONE_THREAD = 1 << 17;

    private final CpuContext context;
    private final CpuMode mode;
    private final Op.BatchNormalization op;
    private final CpuRectifier rectifier;
    private final CpuScratch scratch;
    private final CpuBuffer mean; // [C], of the batch
    private final CpuBuffer inverseDeviation; // [C], 1 / sqrt(variance + epsilon) of the batch
    private final long rows; // N * H * W
    private final int threads;

    CpuBatchNormalization(
            CpuContext context,
            CpuMode mode,
            int place,
            Op.BatchNormalization op,
            CpuRectifier rectifier,
            CpuTensor input,
            CpuTensor output) {
        super(place, input, output);
        this.context = context;
        this.mode = mode;
        this.op = op;
        this.rectifier = rectifier;
        rows = (long) input.batch() * op.pixels();
        threads = output.count() <= VALUES_OF_ONE_THREAD ? 1 : context.threads();
        scratch = context.engine().scratch().atLeast(Kernels.batchNormWorkspaceBytes(op.channels()));
        mean = new CpuBuffer(op.name() + " mean", (long) op.channels() * Float.BYTES);
        inverseDeviation = new CpuBuffer(op.name() + " inverse deviation", (long) op.channels() * Float.BYTES);
        buffers().forEach(buffer -> buffer.usedForward(place));
        if (mode == CpuMode.TRAINING) {
            buffers().forEach(buffer -> buffer.usedBackward(place));
            input.values().usedBackward(place);
            if (rectifier == CpuRectifier.MASKS) {
                output.values().usedBackward(place);
            }
        }
    }

    @Override
    List<CpuBuffer> buffers() {
        return List.of(mean, inverseDeviation);
    }

    @Override
    String forwardKernels() {
        return CpuKernels.own(rectifier == CpuRectifier.NONE ? "batch norm" : "batch norm; ReLU");
    }

    @Override
    String backwardKernels() {
        return CpuKernels.own(rectifier == CpuRectifier.NONE ? "batch norm" : "ReLU; batch norm");
    }

    @Override
    List<CpuParameterRange> parameters() {
        return List.of(CpuParameterRange.all(op.gamma()), CpuParameterRange.all(op.beta()));
    }

    @Override
    void forward() {
        if (mode == CpuMode.TRAINING) {
            normalizeByBatch();
        } else {
            normalizeByRunningStatistics();
        }
        if (rectifier != CpuRectifier.NONE) {
            Kernels.activationForward(Kernels.RELU, output().data(), output().data(), output().count(), 0, threads);
        }
    }

    private void normalizeByBatch() {
        Kernels.batchNormForward(
                input().data(),
                rows,
                op.channels(),
                context.parameters().of(op.gamma()),
                context.parameters().of(op.beta()),
                (float) op.epsilon(),
                (float) op.momentum(),
                Kernels.UNBIASED,
                context.statistics().of(op.runningMean()),
                context.statistics().of(op.runningVariance()),
                mean.floats(),
                inverseDeviation.floats(),
                output().data(),
                scratch.bytes(),
                threads);
    }

    private void normalizeByRunningStatistics() {
        Kernels.batchNormInference(
                input().data(),
                rows,
                op.channels(),
                context.parameters().of(op.gamma()),
                context.parameters().of(op.beta()),
                (float) op.epsilon(),
                context.statistics().of(op.runningMean()),
                context.statistics().of(op.runningVariance()),
                output().data(),
                threads);
    }

    @Override
    void backward() {
        if (rectifier == CpuRectifier.MASKS) {
            Kernels.reluDropoutBackward(
                    output().data(), output().gradientData(), output().gradientData(), output().count(), 1, threads);
        }
        // Where nobody wants the gradient of the input, it replaces that of the output, which is spent.
        Kernels.batchNormBackward(
                input().data(),
                output().gradientData(),
                rows,
                op.channels(),
                context.parameters().of(op.gamma()),
                mean.floats(),
                inverseDeviation.floats(),
                context.gradients().of(op.gamma()),
                context.gradients().of(op.beta()),
                input().hasGradient() ? input().gradientData() : output().gradientData(),
                scratch.bytes(),
                threads);
    }
}
