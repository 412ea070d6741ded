package dev.convoke.kernels;

import dev.convoke.kernels.Kernels.PoolingShape;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.MemberGetter;
import org.bytedeco.javacpp.annotation.MemberSetter;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;
import org.jspecify.annotations.Nullable;

/**
 * The C ABI of our own CUDA kernels, function by function. {@code cuda_kernels.h} is its full description: shapes,
 * formulas and what may be null; the comments here only say which call is which.
 *
 * <p>A plain {@link Pointer} is device memory, or a stream where it is named so; a typed one, such as
 * {@link CudaOptimizer}, is host memory that is read or written before the call returns. Every call queues its work on
 * the stream and returns the CUDA error of the launch, 0 for none, whose text is {@link #errorText}. No call allocates
 * or waits. Sizes are not checked. Calls that are given the same state must not run at the same time.
 */
@Platform(include = "cuda_kernels.h")
@NoException
public final class CudaKernels {
    /** Version of {@code cuda_kernels.h} that this binding was written for. */
    static final int ABI_VERSION = 1;

    static {
        CudaKernelLibrary.load();
    }

    /** Type of a tensor. */
    public static final int FLOAT32 = float32Code();

    /** Type of a tensor. */
    public static final int BFLOAT16 = bfloat16Code();

    /** Code of a window behind which ReLU lets nothing through. */
    public static final int DEAD_WINDOW = deadWindowCode();

    private CudaKernels() {}

    /** As {@link Kernels}' own: the structs load the library when they allocate. */
    private static void ensureLoaded() {}

    @MemberGetter
    @Name("CONVOKE_FLOAT32")
    private static native int float32Code();

    @MemberGetter
    @Name("CONVOKE_BFLOAT16")
    private static native int bfloat16Code();

    @MemberGetter
    @Name("CONVOKE_DEAD_WINDOW")
    private static native int deadWindowCode();

    /** What a device is. */
    @Name("convoke_cuda_device")
    @NoException
    public static final class CudaDevice extends Pointer {
        /** Its fields are unset. */
        public CudaDevice() {
            ensureLoaded();
            allocate();
        }

        private native void allocate();

        /** Such as {@code NVIDIA H100 80GB HBM3}. */
        public String deviceName() {
            return name().getString(StandardCharsets.UTF_8);
        }

        @MemberGetter
        private native @Cast("const char*") BytePointer name();

        /** Compute capability, before the dot. */
        @MemberGetter
        @Name("compute_major")
        public native int computeMajor();

        /** Compute capability, after the dot. */
        @MemberGetter
        @Name("compute_minor")
        public native int computeMinor();

        /** Streaming multiprocessors. */
        @MemberGetter
        public native int multiprocessors();

        /** Newest CUDA version that the driver serves; 13000 is 13.0. */
        @MemberGetter
        @Name("driver_version")
        public native int driverVersion();

        /** CUDA version of the kernel library's own runtime. */
        @MemberGetter
        @Name("runtime_version")
        public native int runtimeVersion();

        /** Bytes. */
        @MemberGetter
        @Name("total_memory")
        public native @Cast("int64_t") long totalMemory();

        /** Bytes. */
        @MemberGetter
        @Name("free_memory")
        public native @Cast("int64_t") long freeMemory();
    }

    /** State of ranges of steps, one for each trial; the host's copy. */
    @Name("convoke_step_state")
    @NoException
    public static final class StepState extends Pointer {
        /** {@code count} states, all zero. */
        public StepState(long count) {
            ensureLoaded();
            allocateArray(count);
            Pointer.memset(this, 0, count * sizeof());
        }

        /** The states that lie at {@code memory}, which must stay allocated as long as this is used. */
        public StepState(Pointer memory) {
            super(memory);
            ensureLoaded();
        }

        private native void allocateArray(long count);

        /** Points this at the state of one trial, and returns it. */
        public StepState at(long trial) {
            position(trial);
            return this;
        }

        /** Sum of the images' losses. */
        @Name("loss_sum")
        public native double lossSum();

        @Name("loss_sum")
        public native StepState lossSum(double value);

        /** Sum over steps of the penalty before the step, times the step's images. */
        @Name("penalty_sum")
        public native double penaltySum();

        @Name("penalty_sum")
        public native StepState penaltySum(double value);

        /** Images answered rightly. */
        public native @Cast("int64_t") long correct();

        public native StepState correct(long value);

        /** Images seen. */
        public native @Cast("int64_t") long images();

        public native StepState images(long value);

        /** Of the chance counters. */
        public native int epoch();

        public native StepState epoch(int value);

        /** Of the epoch; picks the rates. */
        public native int step();

        public native StepState step(int value);

        /** Position in the epoch's order of the step's first image. */
        @Name("first_position")
        public native int firstPosition();

        @Name("first_position")
        public native StepState firstPosition(int value);

        /** Factor of clipping by norm; 1 where nothing is clipped. */
        @Name("gradient_scale")
        public native float gradientScale();

        @Name("gradient_scale")
        public native StepState gradientScale(float value);
    }

    /** What the schedule gives for the steps of an epoch; the host's copy. */
    @Name("convoke_step_rates")
    @NoException
    public static final class StepRates extends Pointer {
        /** The rates of {@code steps} steps, unset. */
        public StepRates(long steps) {
            ensureLoaded();
            allocateArray(steps);
        }

        /** The rates that lie at {@code memory}, which must stay allocated as long as this is used. */
        public StepRates(Pointer memory) {
            super(memory);
            ensureLoaded();
        }

        /**
         * Sets the rates of one step.
         *
         * @param step its index
         * @param learningRate after the schedule
         * @param stepSize for Adam the learning rate with bias correction, else the learning rate
         */
        public void set(long step, float learningRate, float stepSize) {
            position(step);
            learningRate(learningRate);
            stepSize(stepSize);
            position(0);
        }

        private native void allocateArray(long steps);

        @MemberSetter
        @Name("learning_rate")
        private native StepRates learningRate(float value);

        @MemberSetter
        @Name("step_size")
        private native StepRates stepSize(float value);
    }

    /** What an optimizer keeps for a whole run. */
    @Name("convoke_cuda_optimizer")
    @NoException
    public static final class CudaOptimizer extends Pointer {
        /** Its fields are zero. */
        public CudaOptimizer() {
            ensureLoaded();
            allocate();
            Pointer.memset(this, 0, sizeof());
        }

        private native void allocate();

        /** {@link Kernels#SGD}, {@link Kernels#RMSPROP}, {@link Kernels#ADAM} or {@link Kernels#ADAMW}. */
        public native int kind();

        public native CudaOptimizer kind(int value);

        /** 1 for Nesterov momentum, 0 for plain; SGD. */
        public native int nesterov();

        public native CudaOptimizer nesterov(int value);

        /** SGD and RMSprop; 0 for none. */
        public native float momentum();

        public native CudaOptimizer momentum(float value);

        /** Decay of the squares; RMSprop. */
        public native float rho();

        public native CudaOptimizer rho(float value);

        /** Decay of the mean; Adam. */
        public native float beta1();

        public native CudaOptimizer beta1(float value);

        /** Decay of the squares; Adam. */
        public native float beta2();

        public native CudaOptimizer beta2(float value);

        /** RMSprop and Adam. */
        public native float epsilon();

        public native CudaOptimizer epsilon(float value);

        /** Largest norm of all gradients together; 0 clips nothing. */
        @Name("clip_norm")
        public native float clipNorm();

        @Name("clip_norm")
        public native CudaOptimizer clipNorm(float value);
    }

    /** CONVOKE_CUDA_ABI_VERSION of the library that was loaded. */
    @Name("convoke_cuda_abi_version")
    public static native int abiVersion();

    /** Number of devices to {@code count}, [1]. */
    @Name("convoke_cuda_device_count")
    public static native int deviceCount(IntPointer count);

    /** Newest CUDA version that the driver serves to {@code version}, [1]; 0 where there is no driver. */
    @Name("convoke_cuda_driver_version")
    public static native int driverVersion(IntPointer version);

    /** Facts of one device. */
    @Name("convoke_cuda_device_facts")
    public static native int deviceFacts(int ordinal, CudaDevice facts);

    /** Name and text of a CUDA error. */
    @Name("convoke_cuda_error_text")
    public static native @Cast("const char*") String errorText(int error);

    /** One step on, for passes without an optimizer. */
    @Name("convoke_cuda_advance")
    public static native int advance(
            @Cast("convoke_step_state*") Pointer state, int batch, @Cast("convoke_stream") Pointer stream);

    /** A batch and its labels from the data set on the device. */
    @Name("convoke_cuda_load_batch")
    public static native int loadBatch(
            @Cast("const uint8_t*") Pointer images,
            @Cast("const uint8_t*") Pointer labels,
            int total,
            @Cast("const int32_t*") Pointer order,
            int positions,
            int h,
            int w,
            int c,
            @Cast("const float*") @Nullable Pointer affine,
            @Cast("const uint8_t*") @Nullable Pointer flips,
            @Cast("const float*") @Nullable Pointer displacement,
            @Cast("const int32_t*") @Nullable Pointer erase,
            float eraseValue,
            @Cast("const convoke_step_state*") Pointer state,
            int count,
            int type,
            Pointer out,
            @Cast("uint8_t*") Pointer outLabels,
            @Cast("convoke_stream") Pointer stream);

    /** Displacement fields of the step's batch. */
    @Name("convoke_cuda_elastic_field")
    public static native int elasticField(
            @Cast("uint64_t") long seed,
            @Cast("const convoke_step_state*") Pointer state,
            int count,
            int h,
            int w,
            float alpha,
            @Cast("const float*") Pointer taps,
            int radius,
            @Cast("float*") Pointer workspace,
            @Cast("float*") Pointer out,
            @Cast("convoke_stream") Pointer stream);

    /** Dropout; forward on values, backward on gradients. */
    @Name("convoke_cuda_dropout")
    public static native int dropout(
            int type,
            @Const Pointer x,
            Pointer y,
            int count,
            int channels,
            int spatial,
            @Cast("uint64_t") long seed,
            @Cast("const convoke_step_state*") Pointer state,
            @Cast("uint32_t") int ordinal,
            @Cast("uint32_t") int threshold,
            float scale,
            @Cast("convoke_stream") Pointer stream);

    /** Bias, ReLU and dropout of a dense layer. */
    @Name("convoke_cuda_bias_relu_dropout_forward")
    public static native int biasReluDropoutForward(
            int type,
            @Const Pointer x,
            @Cast("const float*") @Nullable Pointer bias,
            Pointer y,
            int count,
            int units,
            @Cast("uint64_t") long seed,
            @Cast("const convoke_step_state*") Pointer state,
            @Cast("uint32_t") int ordinal,
            @Cast("uint32_t") int threshold,
            float scale,
            @Cast("convoke_stream") Pointer stream);

    /** Gradient through dropout and ReLU, read off the forward's output. */
    @Name("convoke_cuda_relu_dropout_backward")
    public static native int reluDropoutBackward(
            int type,
            @Const Pointer y,
            @Const Pointer dy,
            Pointer dx,
            @Cast("int64_t") long count,
            float scale,
            @Cast("convoke_stream") Pointer stream);

    /** Loss, gradient, predictions and the state's sums in one pass. */
    @Name("convoke_cuda_softmax_cross_entropy")
    public static native int softmaxCrossEntropy(
            int type,
            @Const Pointer logits,
            @Cast("const uint8_t*") Pointer labels,
            int count,
            int positions,
            int classes,
            float smoothing,
            float gradientScale,
            @Nullable Pointer dlogits,
            @Cast("float*") Pointer losses,
            @Cast("uint8_t*") @Nullable Pointer predictions,
            @Cast("float*") @Nullable Pointer confidences,
            @Cast("convoke_step_state*") Pointer state,
            @Cast("convoke_stream") Pointer stream);

    /** Workspace of {@link #clip}, {@link #optimizerUpdate} and {@link #penalty}. */
    @Name("convoke_cuda_optimizer_workspace_bytes")
    public static native @Cast("int64_t") long optimizerWorkspaceBytes(@Cast("int64_t") long arenaSize);

    /** The factor of clipping by norm, to the state. */
    @Name("convoke_cuda_clip")
    public static native int clip(
            @Const CudaOptimizer optimizer,
            @Cast("const float*") Pointer parameters,
            @Cast("const float*") Pointer gradients,
            @Cast("const convoke_segment*") Pointer segments,
            int segmentCount,
            @Cast("int64_t") long arenaSize,
            Pointer workspace,
            @Cast("convoke_step_state*") Pointer state,
            @Cast("convoke_stream") Pointer stream);

    /** Updates the parameters of every segment and ends the step. */
    @Name("convoke_cuda_optimizer_update")
    public static native int optimizerUpdate(
            @Const CudaOptimizer optimizer,
            @Cast("float*") Pointer parameters,
            @Cast("const float*") Pointer gradients,
            @Cast("float*") @Nullable Pointer m,
            @Cast("float*") @Nullable Pointer v,
            @Nullable Pointer compute,
            @Cast("const convoke_segment*") Pointer segments,
            int segmentCount,
            @Cast("int64_t") long arenaSize,
            @Cast("const convoke_step_rates*") Pointer rates,
            int steps,
            int batch,
            Pointer workspace,
            @Cast("convoke_step_state*") Pointer state,
            @Cast("convoke_stream") Pointer stream);

    /** L1 and L2 penalties of the parameters. */
    @Name("convoke_cuda_penalty")
    public static native int penalty(
            @Cast("const float*") Pointer parameters,
            @Cast("const convoke_segment*") Pointer segments,
            int segmentCount,
            @Cast("int64_t") long arenaSize,
            Pointer workspace,
            @Cast("double*") Pointer penalty,
            @Cast("convoke_step_state*") Pointer state,
            @Cast("convoke_stream") Pointer stream);

    /** Bias, ReLU and 2x2 max pooling. */
    @Name("convoke_cuda_relu_max_pool_forward")
    public static native int reluMaxPoolForward(
            int type,
            @Const Pointer x,
            @Cast("const float*") @Nullable Pointer bias,
            int n,
            int h,
            int w,
            int c,
            Pointer y,
            @Cast("uint8_t*") @Nullable Pointer codes,
            @Cast("convoke_stream") Pointer stream);

    /** Workspace of {@link #reluMaxPoolBackward} where it gives dbias. */
    @Name("convoke_cuda_relu_max_pool_workspace_bytes")
    public static native @Cast("int64_t") long reluMaxPoolWorkspaceBytes(int n, int h, int w, int c);

    /** Gradient through 2x2 max pooling and ReLU, and that of the bias. */
    @Name("convoke_cuda_relu_max_pool_backward")
    public static native int reluMaxPoolBackward(
            int type,
            @Const Pointer dy,
            @Cast("const uint8_t*") Pointer codes,
            int n,
            int h,
            int w,
            int c,
            Pointer dx,
            @Cast("float*") @Nullable Pointer dbias,
            @Nullable Pointer workspace,
            @Cast("convoke_step_state*") Pointer state,
            @Cast("convoke_stream") Pointer stream);

    /** Maximum of each window and where it was. */
    @Name("convoke_cuda_max_pool_forward")
    public static native int maxPoolForward(
            int type,
            @Const PoolingShape shape,
            @Const Pointer x,
            Pointer y,
            @Cast("uint8_t*") @Nullable Pointer codes,
            @Cast("convoke_stream") Pointer stream);

    /** Gradient through max pooling. */
    @Name("convoke_cuda_max_pool_backward")
    public static native int maxPoolBackward(
            int type,
            @Const PoolingShape shape,
            @Const Pointer dy,
            @Cast("const uint8_t*") Pointer codes,
            Pointer dx,
            @Cast("convoke_stream") Pointer stream);

    /** Mean of each window. */
    @Name("convoke_cuda_average_pool_forward")
    public static native int averagePoolForward(
            int type, @Const PoolingShape shape, @Const Pointer x, Pointer y, @Cast("convoke_stream") Pointer stream);

    /** Gradient through average pooling. */
    @Name("convoke_cuda_average_pool_backward")
    public static native int averagePoolBackward(
            int type, @Const PoolingShape shape, @Const Pointer dy, Pointer dx, @Cast("convoke_stream") Pointer stream);

    /** Workspace of {@link #batchNormForward} and {@link #batchNormBackward}. */
    @Name("convoke_cuda_batch_norm_workspace_bytes")
    public static native @Cast("int64_t") long batchNormWorkspaceBytes(@Cast("int64_t") long rows, int channels);

    /** Batch normalisation in training. */
    @Name("convoke_cuda_batch_norm_forward")
    public static native int batchNormForward(
            int type,
            @Const Pointer x,
            @Cast("int64_t") long rows,
            int channels,
            @Cast("const float*") Pointer gamma,
            @Cast("const float*") Pointer beta,
            float epsilon,
            float momentum,
            int runningKind,
            @Cast("float*") Pointer runningMean,
            @Cast("float*") Pointer runningVariance,
            @Cast("float*") Pointer mean,
            @Cast("float*") Pointer invStd,
            Pointer y,
            Pointer workspace,
            @Cast("convoke_step_state*") Pointer state,
            @Cast("convoke_stream") Pointer stream);

    /** Gradient through batch normalisation. */
    @Name("convoke_cuda_batch_norm_backward")
    public static native int batchNormBackward(
            int type,
            @Const Pointer x,
            @Const Pointer dy,
            @Cast("int64_t") long rows,
            int channels,
            @Cast("const float*") Pointer gamma,
            @Cast("const float*") Pointer mean,
            @Cast("const float*") Pointer invStd,
            @Cast("float*") Pointer dgamma,
            @Cast("float*") Pointer dbeta,
            Pointer dx,
            Pointer workspace,
            @Cast("convoke_step_state*") Pointer state,
            @Cast("convoke_stream") Pointer stream);

    /** Batch normalisation with the running statistics. */
    @Name("convoke_cuda_batch_norm_inference")
    public static native int batchNormInference(
            int type,
            @Const Pointer x,
            @Cast("int64_t") long rows,
            int channels,
            @Cast("const float*") Pointer gamma,
            @Cast("const float*") Pointer beta,
            float epsilon,
            @Cast("const float*") Pointer runningMean,
            @Cast("const float*") Pointer runningVariance,
            Pointer y,
            @Cast("convoke_stream") Pointer stream);

    /** An activation. */
    @Name("convoke_cuda_activation_forward")
    public static native int activationForward(
            int type,
            int kind,
            @Const Pointer x,
            Pointer y,
            @Cast("int64_t") long count,
            float slope,
            @Cast("convoke_stream") Pointer stream);

    /** Gradient through an activation. */
    @Name("convoke_cuda_activation_backward")
    public static native int activationBackward(
            int type,
            int kind,
            @Const @Nullable Pointer x,
            @Const @Nullable Pointer y,
            @Const Pointer dy,
            Pointer dx,
            @Cast("int64_t") long count,
            float slope,
            @Cast("convoke_stream") Pointer stream);

    /** Adds a bias to every row. */
    @Name("convoke_cuda_add_bias")
    public static native int addBias(
            int type,
            @Const Pointer x,
            @Cast("const float*") Pointer bias,
            @Cast("int64_t") long rows,
            int channels,
            Pointer y,
            @Cast("convoke_stream") Pointer stream);

    /** Workspace of {@link #columnSums}. */
    @Name("convoke_cuda_column_sums_workspace_bytes")
    public static native @Cast("int64_t") long columnSumsWorkspaceBytes(@Cast("int64_t") long rows, int channels);

    /** Sum of each column: the gradient of a bias. */
    @Name("convoke_cuda_column_sums")
    public static native int columnSums(
            int type,
            @Const Pointer x,
            @Cast("int64_t") long rows,
            int channels,
            @Cast("float*") Pointer sums,
            Pointer workspace,
            @Cast("convoke_step_state*") Pointer state,
            @Cast("convoke_stream") Pointer stream);

    /** Zeros around every image. */
    @Name("convoke_cuda_pad")
    public static native int pad(
            int type,
            @Const Pointer x,
            int n,
            int h,
            int w,
            int c,
            int top,
            int left,
            int bottom,
            int right,
            Pointer y,
            @Cast("convoke_stream") Pointer stream);

    /** What {@link #pad} had put zeros around. */
    @Name("convoke_cuda_crop")
    public static native int crop(
            int type,
            @Const Pointer x,
            int n,
            int h,
            int w,
            int c,
            int top,
            int left,
            int bottom,
            int right,
            Pointer y,
            @Cast("convoke_stream") Pointer stream);

    /** The same numbers in another format. */
    @Name("convoke_cuda_cast")
    public static native int cast(
            int fromType,
            @Const Pointer from,
            int toType,
            Pointer to,
            @Cast("int64_t") long count,
            @Cast("convoke_stream") Pointer stream);

    /** Convolution 3x3 of one channel, bias, ReLU and 2x2 max pooling. */
    @Name("convoke_cuda_first_convolution_forward")
    public static native int firstConvolutionForward(
            int type,
            @Const Pointer x,
            @Cast("const float*") Pointer kernel,
            @Cast("const float*") Pointer bias,
            int n,
            int h,
            int w,
            int filters,
            int pad,
            Pointer y,
            @Cast("uint8_t*") @Nullable Pointer codes,
            @Cast("convoke_stream") Pointer stream);

    /** Workspace of {@link #firstConvolutionBackward}. */
    @Name("convoke_cuda_first_convolution_workspace_bytes")
    public static native @Cast("int64_t") long firstConvolutionWorkspaceBytes(
            int n, int h, int w, int filters, int pad);

    /** Gradients of kernel and bias through the fused group. */
    @Name("convoke_cuda_first_convolution_backward")
    public static native int firstConvolutionBackward(
            int type,
            @Const Pointer x,
            @Const Pointer dy,
            @Cast("const uint8_t*") Pointer codes,
            int n,
            int h,
            int w,
            int filters,
            int pad,
            @Cast("float*") Pointer dkernel,
            @Cast("float*") Pointer dbias,
            Pointer workspace,
            @Cast("convoke_step_state*") Pointer state,
            @Cast("convoke_stream") Pointer stream);
}
