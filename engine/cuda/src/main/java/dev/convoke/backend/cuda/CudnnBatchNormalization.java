package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import org.bytedeco.cuda.cudnn.cudnnActivationStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/**
 * cuDNN's batch normalization of images, channel by channel over images and pixels; the unbiased variance enters the running
 * statistics. With {@link Fusion#RELU} it ends in {@code max(y, 0)} and its backward pass begins there.
 */
@SuppressWarnings("deprecation") // cuDNN 9 calls these calls so, and has them throughout
final class CudnnBatchNormalization {
    /** Whether cuDNN applies the ReLU too. */
    enum Fusion {
        NONE,
        RELU
    }

    private final Cudnn library;
    private final String label;
    private final double epsilon;
    private final int mode;
    private final int ops;
    private final cudnnTensorStruct x;
    private final cudnnTensorStruct each; // [1, C, 1, 1], float32
    private final cudnnActivationStruct relu;
    private final SizeTPointer forwardWorkspace;
    private final SizeTPointer backwardWorkspace;
    private final SizeTPointer reserve;

    CudnnBatchNormalization(
            Cudnn library, String label, Fusion fusion, CudaFormat format, Activations input, double epsilon) {
        this.library = library;
        this.label = label;
        this.epsilon = epsilon;
        // The ReLU is fused in the persistent mode alone.
        mode = fusion == Fusion.RELU ? cudnn.CUDNN_BATCHNORM_SPATIAL_PERSISTENT : cudnn.CUDNN_BATCHNORM_SPATIAL;
        ops = fusion == Fusion.RELU ? cudnn.CUDNN_BATCHNORM_OPS_BN_ACTIVATION : cudnn.CUDNN_BATCHNORM_OPS_BN;
        x = library.tensor(
                label,
                format,
                input.batch(),
                input.shape().channels(),
                input.shape().height(),
                input.shape().width());
        each = library.emptyTensor(label);
        Cudnn.check(cudnn.cudnnDeriveBNTensorDescriptor(each, x, mode), "cudnnDeriveBNTensorDescriptor", label);
        relu = library.relu(label);
        forwardWorkspace = library.size();
        backwardWorkspace = library.size();
        reserve = library.size();
    }

    /** Queries the sizes of a training pass; false if cuDNN does not support it. */
    boolean servesTraining() {
        return Cudnn.serves(
                        cudnn.cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize(
                                library.handle(), mode, ops, x, null, x, each, activation(), forwardWorkspace),
                        "cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize",
                        label)
                && Cudnn.serves(
                        cudnn.cudnnGetBatchNormalizationBackwardExWorkspaceSize(
                                library.handle(), mode, ops, x, x, x, null, x, each, activation(), backwardWorkspace),
                        "cudnnGetBatchNormalizationBackwardExWorkspaceSize",
                        label)
                && Cudnn.serves(
                        cudnn.cudnnGetBatchNormalizationTrainingExReserveSpaceSize(
                                library.handle(), mode, ops, activation(), x, reserve),
                        "cudnnGetBatchNormalizationTrainingExReserveSpaceSize",
                        label);
    }

    /** Bytes of scratch memory that both passes need. */
    long workspaceBytes() {
        return Math.max(forwardWorkspace.get(), backwardWorkspace.get());
    }

    /** Bytes that the forward pass leaves for the backward pass. */
    long reserveBytes() {
        return reserve.get();
    }

    /** Addresses of the parameters and statistics of a batch normalization, {@code [C]} each. */
    record Vectors(
            Pointer gamma,
            Pointer beta,
            Pointer runningMean,
            Pointer runningVariance,
            Pointer mean,
            Pointer inverseDeviation) {}

    /** Normalizes by the batch's own moments and updates the running ones; false if cuDNN does not support it. */
    boolean train(
            Pointer source,
            Pointer target,
            Vectors vectors,
            double momentum,
            @Nullable Pointer workspace,
            @Nullable Pointer reserved) {
        return Cudnn.serves(
                cudnn.cudnnBatchNormalizationForwardTrainingEx(
                        library.handle(),
                        mode,
                        ops,
                        library.one(),
                        library.zero(),
                        x,
                        source,
                        null,
                        null,
                        x,
                        target,
                        each,
                        vectors.gamma(),
                        vectors.beta(),
                        1 - momentum,
                        vectors.runningMean(),
                        vectors.runningVariance(),
                        epsilon,
                        vectors.mean(),
                        vectors.inverseDeviation(),
                        activation(),
                        workspace,
                        forwardWorkspace.get(),
                        reserved,
                        reserve.get()),
                "cudnnBatchNormalizationForwardTrainingEx",
                label);
    }

    /** Gradients of source, gamma and beta; false if cuDNN does not support it. */
    boolean backward(
            Pointer source,
            Pointer target,
            Pointer dy,
            Pointer dx,
            Vectors vectors,
            Pointer dgamma,
            Pointer dbeta,
            @Nullable Pointer workspace,
            @Nullable Pointer reserved) {
        return Cudnn.serves(
                cudnn.cudnnBatchNormalizationBackwardEx(
                        library.handle(),
                        mode,
                        ops,
                        library.one(),
                        library.zero(),
                        library.one(),
                        library.zero(),
                        x,
                        source,
                        x,
                        target,
                        x,
                        dy,
                        null,
                        null,
                        x,
                        dx,
                        each,
                        vectors.gamma(),
                        vectors.beta(),
                        dgamma,
                        dbeta,
                        epsilon,
                        vectors.mean(),
                        vectors.inverseDeviation(),
                        activation(),
                        workspace,
                        backwardWorkspace.get(),
                        reserved,
                        reserve.get()),
                "cudnnBatchNormalizationBackwardEx",
                label);
    }

    /** Normalizes by the running moments, without a ReLU. */
    boolean infer(Pointer source, Pointer target, Vectors vectors) {
        return Cudnn.serves(
                cudnn.cudnnBatchNormalizationForwardInference(
                        library.handle(),
                        mode,
                        library.one(),
                        library.zero(),
                        x,
                        source,
                        x,
                        target,
                        each,
                        vectors.gamma(),
                        vectors.beta(),
                        vectors.runningMean(),
                        vectors.runningVariance(),
                        epsilon),
                "cudnnBatchNormalizationForwardInference",
                label);
    }

    private @Nullable cudnnActivationStruct activation() {
        return ops == cudnn.CUDNN_BATCHNORM_OPS_BN ? null : relu;
    }
}
