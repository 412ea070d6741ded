package dev.convoke.backend.cuda;

import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import dev.convoke.backend.graph.ChannelsLast;
import dev.convoke.backend.graph.Mode;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Role;
import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalization with an optional following ReLU, by cuDNN if it is supported, otherwise by our kernels; decided when
 * the session opens.
 *
 * <p>cuDNN requires scale and shift, and updates the running statistics with the unbiased variance. It cannot train with
 * running statistics, which a frozen layer needs.
 */
final class CudaBatchNormalization extends CudaLayer {
    /** Of channels, for cuDNN's fused kernels. */
    private static final int FUSED_CHANNEL_STEP = 4;

    private final Op op;
    private final BatchNormalization layer;
    private final CudaReluFusion relu;
    private final boolean byBatch; // whether the batch's own moments count
    private final int channels;
    private final @Nullable Pointer gamma;
    private final @Nullable Pointer beta;
    private final Pointer runningMean;
    private final Pointer runningVariance;
    private final Buffer mean; // [C], of the batch
    private final Buffer inverseDeviation; // [C], 1 / sqrt(variance + epsilon) of the batch
    private final Buffer reserve; // what cuDNN keeps for its backward pass
    private final @Nullable Pointer zeros; // [C], the mean of a gradient where the layer is frozen
    private final boolean fused; // whether cuDNN applies the ReLU, if cuDNN is used
    private @Nullable CudnnBatchNormalization library; // null if our kernels are used
    private CudnnBatchNormalization.@Nullable Vectors vectors;

    /** @param ops the normalization, and the ReLU where there is one */
    CudaBatchNormalization(
            CudaContext context,
            Mode mode,
            List<Op> ops,
            int place,
            CudaReluFusion relu,
            Activations input,
            Activations output) {
        super(context, ops, place, List.of(input), output);
        this.relu = relu;
        op = ops.get(0);
        layer = (BatchNormalization) op.layer();
        byBatch = layer.takesBatch(mode == Mode.TRAINING);
        channels = input.shape().channels();
        gamma = parameter(op.find(Role.GAMMA));
        beta = parameter(op.find(Role.BETA));
        runningMean = context.statistics().of(op.segment(Role.RUNNING_MEAN));
        runningVariance = context.statistics().of(op.segment(Role.RUNNING_VARIANCE));
        CudnnBatchNormalization together = fusedLibrary();
        fused = together != null;
        library = fused ? together : library();
        CudnnBatchNormalization trained = byBatch ? library : null;
        mean = new Buffer(name() + " mean", (long) channels * Float.BYTES);
        inverseDeviation = new Buffer(name() + " inverse deviation", (long) channels * Float.BYTES);
        reserve = new Buffer(name() + " reserve", trained == null ? 0 : trained.reserveBytes());
        context.scratch().atLeast(CudaKernels.batchNormWorkspaceBytes(input.rows(), channels));
        if (trained != null) {
            context.scratch().atLeast(trained.workspaceBytes());
        }
        zeros = !byBatch && input.hasGradient()
                ? context.resources().allocate(name() + " zeros", (long) channels * Float.BYTES)
                : null;
        buffers().forEach(buffer -> buffer.usedForward(place));
        if (output.hasGradient()) {
            buffers().forEach(buffer -> buffer.usedBackward(place));
            if (byBatch) {
                input.values().usedBackward(place);
            }
            if (relu == CudaReluFusion.RELU) {
                output.values().usedBackward(place);
            }
        }
    }

    private @Nullable Pointer parameter(@Nullable Segment segment) {
        return segment == null ? null : context().parameters().of(segment);
    }

    private @Nullable Pointer gradient(Role role) {
        Segment segment = op.find(role);
        return segment == null ? null : context().gradients().of(segment);
    }

    // cuDNN normalizes images; without a gradient of the input it has nowhere to put what it computes anyway.
    private boolean mayUseLibrary() {
        return context().execution().kernels() != KernelChoice.OWN
                && gamma != null
                && beta != null
                && input().folded() == 1
                && ChannelsLast.pixels(input().shape()) > 1
                && (byBatch ? input().hasGradient() && layer.isUnbiased(op.inputShape()) : !output().hasGradient());
    }

    private @Nullable CudnnBatchNormalization fusedLibrary() {
        boolean may = mayUseLibrary()
                && byBatch
                && relu == CudaReluFusion.RELU
                && context().format() == CudaFormat.BFLOAT16
                && channels % FUSED_CHANNEL_STEP == 0;
        if (!may) {
            return null;
        }
        CudnnBatchNormalization together = normalization(CudnnBatchNormalization.Fusion.RELU);
        return together.servesTraining() ? together : null;
    }

    private @Nullable CudnnBatchNormalization library() {
        if (!mayUseLibrary()) {
            return null;
        }
        CudnnBatchNormalization alone = normalization(CudnnBatchNormalization.Fusion.NONE);
        return !byBatch || alone.servesTraining() ? alone : null;
    }

    private CudnnBatchNormalization normalization(CudnnBatchNormalization.Fusion fusion) {
        return new CudnnBatchNormalization(
                context().cudnn(), name(), fusion, context().format(), input(), layer.epsilon());
    }

    @Override
    public String forwardKernels() {
        String words = library == null ? "ours: batch norm" : "cuDNN";
        if (rectifiesApart()) {
            return words + (library == null ? ", ReLU" : "; ours: ReLU");
        }
        return words;
    }

    @Override
    public String backwardKernels() {
        String words = library == null ? "ours: batch norm" : "cuDNN";
        return rectifiesApart() ? relu.masked(words) : words;
    }

    private boolean rectifiesApart() {
        return relu == CudaReluFusion.RELU && !(library != null && fused);
    }

    @Override
    public List<Buffer> buffers() {
        return List.of(mean, inverseDeviation, reserve);
    }

    @Override
    void choose(CudaAlgorithmSelector selector) {
        if (library == null || gamma == null || beta == null) {
            return;
        }
        vectors = new CudnnBatchNormalization.Vectors(
                gamma, beta, runningMean, runningVariance, mean.bytes(), inverseDeviation.bytes());
        if (!tryLibrary(library, vectors)) {
            library = null;
        }
    }

    private boolean tryLibrary(CudnnBatchNormalization found, CudnnBatchNormalization.Vectors where) {
        return forward(found, where) && (!byBatch || backward(found, where));
    }

    private boolean forward(CudnnBatchNormalization found, CudnnBatchNormalization.Vectors where) {
        return byBatch
                ? found.train(
                        input().data(),
                        output().data(),
                        where,
                        layer.momentum(),
                        context().scratch().data(),
                        reserve.bytes())
                : found.infer(input().data(), output().data(), where);
    }

    private boolean backward(CudnnBatchNormalization found, CudnnBatchNormalization.Vectors where) {
        return found.backward(
                input().data(),
                output().data(),
                output().gradientData(),
                input().gradientData(),
                where,
                context().gradients().of(op.segment(Role.GAMMA)),
                context().gradients().of(op.segment(Role.BETA)),
                context().scratch().data(),
                reserve.bytes());
    }

    @Override
    public void forward() {
        if (library != null) {
            forward(library, Objects.requireNonNull(vectors));
        } else if (byBatch) {
            normalizeByBatch();
        } else {
            normalizeByRunningStatistics();
        }
        if (rectifiesApart()) {
            CudaRuntime.check(
                    CudaKernels.activationForward(
                            type(),
                            Kernels.RELU,
                            output().data(),
                            output().data(),
                            output().count(),
                            0,
                            context().stream()),
                    "convoke_cuda_activation_forward",
                    name());
        }
    }

    private void normalizeByBatch() {
        CudaRuntime.check(
                CudaKernels.batchNormForward(
                        type(),
                        input().data(),
                        input().rows(),
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
                        context().scratch().data(),
                        context().state().device(),
                        context().stream()),
                "convoke_cuda_batch_norm_forward",
                name());
    }

    private void normalizeByRunningStatistics() {
        normalize(input().data(), beta, runningMean, output().data());
    }

    private void normalize(Pointer from, @Nullable Pointer shift, Pointer center, Pointer to) {
        CudaRuntime.check(
                CudaKernels.batchNormInference(
                        type(),
                        from,
                        input().rows(),
                        channels,
                        gamma,
                        shift,
                        (float) layer.epsilon(),
                        center,
                        runningVariance,
                        to,
                        context().stream()),
                "convoke_cuda_batch_norm_inference",
                name());
    }

    @Override
    void queueBackward() {
        if (rectifiesApart()) {
            relu.mask(context(), output(), 1, name());
        }
        if (library != null) {
            backward(library, Objects.requireNonNull(vectors));
        } else if (byBatch) {
            backwardByBatch();
        } else if (zeros != null) {
            // The gradient of y = (x - mean) * scale + shift is scaled alike, without mean and shift.
            normalize(output().gradientData(), null, zeros, input().gradientData());
        }
    }

    private void backwardByBatch() {
        // If no input gradient is needed, write it over the output gradient, which is no longer used.
        Pointer dx = input().hasGradient() ? input().gradientData() : output().gradientData();
        CudaRuntime.check(
                CudaKernels.batchNormBackward(
                        type(),
                        input().data(),
                        output().gradientData(),
                        input().rows(),
                        channels,
                        gamma,
                        mean.floats(),
                        inverseDeviation.floats(),
                        gradient(Role.GAMMA),
                        gradient(Role.BETA),
                        dx,
                        context().scratch().data(),
                        context().state().device(),
                        context().stream()),
                "convoke_cuda_batch_norm_backward",
                name());
    }
}
