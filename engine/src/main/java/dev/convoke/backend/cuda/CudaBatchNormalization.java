package dev.convoke.backend.cuda;

import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Op;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalization, with the ReLU that may follow: by cuDNN where it serves, else by our kernels. Which one is decided
 * when the session opens; both take the unbiased variance into the running statistics.
 */
final class CudaBatchNormalization extends CudaLayer {
    /** Of channels, for cuDNN's fused kernels. */
    private static final int FUSED_CHANNEL_STEP = 4;

    private final CudaContext context;
    private final CudaMode mode;
    private final Op.BatchNormalization op;
    private final CudaRectifier rectifier;
    private final CudaBuffer mean; // [C], of the batch
    private final CudaBuffer inverseDeviation; // [C], 1 / sqrt(variance + epsilon) of the batch
    private final CudaBuffer reserve; // what cuDNN keeps for its backward pass
    private final boolean fused; // whether cuDNN applies the ReLU, as long as it serves
    private @Nullable CudnnBatchNormalization library; // null where ours serve
    private CudnnBatchNormalization.@Nullable Vectors vectors;

    CudaBatchNormalization(
            CudaContext context,
            CudaMode mode,
            String name,
            int place,
            Op.BatchNormalization op,
            CudaRectifier rectifier,
            CudaTensor input,
            CudaTensor output) {
        super(name, place, input, output);
        this.context = context;
        this.mode = mode;
        this.op = op;
        this.rectifier = rectifier;
        CudnnBatchNormalization together = fusedLibrary();
        fused = together != null;
        library = fused ? together : library();
        mean = new CudaBuffer(name + " mean", (long) op.channels() * Float.BYTES);
        inverseDeviation = new CudaBuffer(name + " inverse deviation", (long) op.channels() * Float.BYTES);
        boolean reserves = library != null && mode == CudaMode.TRAINING;
        reserve = new CudaBuffer(name + " reserve", reserves && library != null ? library.reserveBytes() : 0);
        context.scratch().atLeast(CudaKernels.batchNormWorkspaceBytes(input.rows(), op.channels()));
        if (reserves && library != null) {
            context.scratch().atLeast(library.workspaceBytes());
        }
        buffers().forEach(buffer -> buffer.usedForward(place));
        if (mode == CudaMode.TRAINING) {
            buffers().forEach(buffer -> buffer.usedBackward(place));
            input.values().usedBackward(place);
            if (rectifier == CudaRectifier.RELU) {
                output.values().usedBackward(place);
            }
        }
    }

    // cuDNN normalises images; without a gradient of the input it has nowhere to put what it computes anyway.
    private boolean mayUseLibrary() {
        return context.execution().kernels() != KernelChoice.OWN
                && input().folded() == 1
                && op.pixels() > 1
                && (mode == CudaMode.INFERENCE || input().hasGradient());
    }

    private @Nullable CudnnBatchNormalization fusedLibrary() {
        boolean may = mayUseLibrary()
                && mode == CudaMode.TRAINING
                && rectifier == CudaRectifier.RELU
                && input().format() == CudaFormat.BFLOAT16
                && op.channels() % FUSED_CHANNEL_STEP == 0;
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
        return mode == CudaMode.INFERENCE || alone.servesTraining() ? alone : null;
    }

    private CudnnBatchNormalization normalization(CudnnBatchNormalization.Fusion fusion) {
        return new CudnnBatchNormalization(context.cudnn(), name(), fusion, input(), op.epsilon());
    }

    @Override
    String kernels() {
        if (library == null) {
            return "our kernels";
        }
        return fused || rectifier == CudaRectifier.NONE ? "cuDNN" : "cuDNN, our ReLU";
    }

    @Override
    List<CudaBuffer> buffers() {
        List<CudaBuffer> buffers = new ArrayList<>(List.of(mean, inverseDeviation));
        buffers.add(reserve);
        return buffers;
    }

    @Override
    void choose(CudaChooser chooser) {
        vectors = new CudnnBatchNormalization.Vectors(
                context.parameters().of(op.gamma()),
                context.parameters().of(op.beta()),
                context.statistics().of(op.runningMean()),
                context.statistics().of(op.runningVariance()),
                mean.data(),
                inverseDeviation.data());
        if (library != null && !tryLibrary(library, vectors)) {
            library = null;
        }
    }

    private boolean tryLibrary(CudnnBatchNormalization found, CudnnBatchNormalization.Vectors where) {
        if (mode == CudaMode.INFERENCE) {
            return found.infer(input().data(), output().data(), where);
        }
        return train(found, where) && backward(found, where);
    }

    private boolean train(CudnnBatchNormalization found, CudnnBatchNormalization.Vectors where) {
        return found.train(
                input().data(),
                output().data(),
                where,
                op.momentum(),
                context.scratch().data(),
                reserve.data());
    }

    private boolean backward(CudnnBatchNormalization found, CudnnBatchNormalization.Vectors where) {
        return found.backward(
                input().data(),
                output().data(),
                output().gradientData(),
                input().gradientData(),
                where,
                context.gradients().of(op.gamma()),
                context.gradients().of(op.beta()),
                context.scratch().data(),
                reserve.data());
    }

    @Override
    void forward() {
        boolean served = library != null && vectors != null;
        if (library != null && vectors != null) {
            if (mode == CudaMode.TRAINING) {
                train(library, vectors);
            } else {
                library.infer(input().data(), output().data(), vectors);
            }
        } else if (mode == CudaMode.TRAINING) {
            normalizeByBatch();
        } else {
            normalizeByRunningStatistics();
        }
        if (rectifier == CudaRectifier.RELU && !(served && fused)) {
            CudaRuntime.check(
                    CudaKernels.activationForward(
                            output().format().code(),
                            Kernels.RELU,
                            output().data(),
                            output().data(),
                            output().count(),
                            0,
                            context.stream()),
                    "convoke_cuda_activation_forward",
                    name());
        }
    }

    private void normalizeByBatch() {
        CudaRuntime.check(
                CudaKernels.batchNormForward(
                        input().format().code(),
                        input().data(),
                        rows(),
                        op.channels(),
                        context.parameters().of(op.gamma()),
                        context.parameters().of(op.beta()),
                        (float) op.epsilon(),
                        (float) op.momentum(),
                        Kernels.UNBIASED,
                        context.statistics().of(op.runningMean()),
                        context.statistics().of(op.runningVariance()),
                        mean.data(),
                        inverseDeviation.data(),
                        output().data(),
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_batch_norm_forward",
                name());
    }

    private void normalizeByRunningStatistics() {
        CudaRuntime.check(
                CudaKernels.batchNormInference(
                        input().format().code(),
                        input().data(),
                        rows(),
                        op.channels(),
                        context.parameters().of(op.gamma()),
                        context.parameters().of(op.beta()),
                        (float) op.epsilon(),
                        context.statistics().of(op.runningMean()),
                        context.statistics().of(op.runningVariance()),
                        output().data(),
                        context.stream()),
                "convoke_cuda_batch_norm_inference",
                name());
    }

    private long rows() {
        return (long) input().batch() * op.pixels();
    }

    @Override
    void backward() {
        boolean served = library != null && vectors != null;
        if (rectifier == CudaRectifier.RELU && !(served && fused)) {
            CudaRuntime.check(
                    CudaKernels.reluDropoutBackward(
                            output().format().code(),
                            output().data(),
                            output().gradientData(),
                            output().gradientData(),
                            output().count(),
                            1,
                            context.stream()),
                    "convoke_cuda_relu_dropout_backward",
                    name());
        }
        if (library != null && vectors != null) {
            backward(library, vectors);
            return;
        }
        // Where nobody wants the gradient of the input, it replaces that of the output, which is spent.
        Pointer dx = input().hasGradient() ? input().gradientData() : output().gradientData();
        CudaRuntime.check(
                CudaKernels.batchNormBackward(
                        input().format().code(),
                        input().data(),
                        output().gradientData(),
                        rows(),
                        op.channels(),
                        context.parameters().of(op.gamma()),
                        mean.data(),
                        inverseDeviation.data(),
                        context.gradients().of(op.gamma()),
                        context.gradients().of(op.beta()),
                        dx,
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_batch_norm_backward",
                name());
    }
}
