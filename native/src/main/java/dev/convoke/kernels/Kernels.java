package dev.convoke.kernels;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
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
 * The C ABI of our own CPU kernels, function by function. {@code kernels.h} is its full description: shapes, formulas and
 * what may be null; the comments here only say which call is which.
 *
 * <p>Tensors are float32 NHWC in native memory that the caller owns, made once for each plan: a call allocates nothing.
 * Sizes are not checked, a wrong one ends the process. Unsigned C integers arrive as Java's signed ones with the same
 * bits. Results have the same bits for every thread count and, but for the fused convolutions, instruction set.
 */
@Platform(
        include = {"kernels.h", "cpu/fused_convolution.h"},
        link = "convoke_kernels")
@NoException
public final class Kernels {
    /** Version of {@code kernels.h} that this binding was written for. */
    static final int ABI_VERSION = 2;

    static {
        KernelLibrary.load();
    }

    /** Value of {@link OptimizerStep#kind}. */
    public static final int SGD = sgdCode();

    /** Value of {@link OptimizerStep#kind}. */
    public static final int RMSPROP = rmspropCode();

    /** Value of {@link OptimizerStep#kind}. */
    public static final int ADAM = adamCode();

    /** Value of {@link OptimizerStep#kind}. */
    public static final int ADAMW = adamwCode();

    /** Images of a group of {@link #fusedConvolutionBackwardGroups}. */
    public static final int FUSED_GROUP = fusedGroupCode();

    /** Kind of {@link #activationForward}. */
    public static final int RELU = reluCode();

    /** Kind of {@link #activationForward}. */
    public static final int LEAKY_RELU = leakyReluCode();

    /** Kind of {@link #activationForward}. */
    public static final int GELU = geluCode();

    /** Kind of {@link #activationForward}. */
    public static final int TANH = tanhCode();

    /** Kind of {@link #activationForward}. */
    public static final int SIGMOID = sigmoidCode();

    /** Kind of running variance in {@link #batchNormForward}. */
    public static final int BIASED = biasedCode();

    /** Kind of running variance in {@link #batchNormForward}. */
    public static final int UNBIASED = unbiasedCode();

    /** Bit of a flips byte in {@link #augment}. */
    public static final int FLIP_HORIZONTAL = flipHorizontalCode();

    /** Bit of a flips byte in {@link #augment}. */
    public static final int FLIP_VERTICAL = flipVerticalCode();

    /** Algorithm of {@link #fusedConvolutionForward}: direct, for one channel. */
    public static final int SINGLE_CHANNEL = singleChannelCode();

    /** Algorithm of {@link #fusedConvolutionForward}: Winograd F(2x2, 3x3). */
    public static final int WINOGRAD_2 = winograd2Code();

    /** Algorithm of {@link #fusedConvolutionForward}: Winograd F(4x4, 3x3). */
    public static final int WINOGRAD_4 = winograd4Code();

    private Kernels() {}

    /**
     * Loads the library by loading this class, which the classes inside do not bring about. They call it when they
     * allocate, not when they are initialised: JNI initialises them in turn, and two threads could wait for each other.
     */
    private static void ensureLoaded() {}

    @MemberGetter
    @Name("CONVOKE_SGD")
    private static native int sgdCode();

    @MemberGetter
    @Name("CONVOKE_RMSPROP")
    private static native int rmspropCode();

    @MemberGetter
    @Name("CONVOKE_ADAM")
    private static native int adamCode();

    @MemberGetter
    @Name("CONVOKE_ADAMW")
    private static native int adamwCode();

    @MemberGetter
    @Name("CONVOKE_RELU")
    private static native int reluCode();

    @MemberGetter
    @Name("CONVOKE_LEAKY_RELU")
    private static native int leakyReluCode();

    @MemberGetter
    @Name("CONVOKE_GELU")
    private static native int geluCode();

    @MemberGetter
    @Name("CONVOKE_TANH")
    private static native int tanhCode();

    @MemberGetter
    @Name("CONVOKE_SIGMOID")
    private static native int sigmoidCode();

    @MemberGetter
    @Name("CONVOKE_BIASED")
    private static native int biasedCode();

    @MemberGetter
    @Name("CONVOKE_UNBIASED")
    private static native int unbiasedCode();

    @MemberGetter
    @Name("CONVOKE_FLIP_HORIZONTAL")
    private static native int flipHorizontalCode();

    @MemberGetter
    @Name("CONVOKE_FLIP_VERTICAL")
    private static native int flipVerticalCode();

    @MemberGetter
    @Name("CONVOKE_FUSED_CONVOLUTION_SINGLE_CHANNEL")
    private static native int singleChannelCode();

    @MemberGetter
    @Name("CONVOKE_FUSED_CONVOLUTION_GROUP")
    private static native int fusedGroupCode();

    @MemberGetter
    @Name("CONVOKE_FUSED_CONVOLUTION_WINOGRAD_2")
    private static native int winograd2Code();

    @MemberGetter
    @Name("CONVOKE_FUSED_CONVOLUTION_WINOGRAD_4")
    private static native int winograd4Code();

    /** Table of the parameter tensors inside the arena. */
    @Name("convoke_segment")
    @NoException
    public static final class Segments extends Pointer {
        /** A table of {@code count} segments, their fields unset. */
        public Segments(long count) {
            ensureLoaded();
            allocateArray(count);
        }

        /**
         * Describes one segment.
         *
         * @param index its place in the table
         * @param start its first element in the arena
         * @param elements how many it has
         * @param l1 factor of the L1 penalty
         * @param l2 factor of the L2 penalty
         * @param decay AdamW's decoupled decay, 0 for none
         */
        public void set(long index, long start, long elements, float l1, float l2, float decay) {
            position(index);
            offset(start);
            length(elements);
            l1(l1);
            l2(l2);
            weightDecay(decay);
            unused(0.0f);
            position(0);
        }

        private native void allocateArray(long count);

        @MemberSetter
        private native Segments offset(@Cast("int64_t") long value);

        @MemberSetter
        private native Segments length(@Cast("int64_t") long value);

        @MemberSetter
        private native Segments l1(float value);

        @MemberSetter
        private native Segments l2(float value);

        @MemberSetter
        @Name("weight_decay")
        private native Segments weightDecay(float value);

        @MemberSetter
        private native Segments unused(float value);
    }

    /** What an update needs besides its buffers. */
    @Name("convoke_optimizer_step")
    @NoException
    public static final class OptimizerStep extends Pointer {
        /** Its fields are unset. */
        public OptimizerStep() {
            ensureLoaded();
            allocate();
        }

        private native void allocate();

        /** {@link #SGD}, {@link #RMSPROP}, {@link #ADAM} or {@link #ADAMW}. */
        public native int kind();

        public native OptimizerStep kind(int value);

        /** 1 for Nesterov momentum, 0 for plain; SGD. */
        public native int nesterov();

        public native OptimizerStep nesterov(int value);

        /** Number of this update, 1 for the first; Adam. */
        public native @Cast("int64_t") long step();

        public native OptimizerStep step(long value);

        /** After the schedule. */
        @Name("learning_rate")
        public native float learningRate();

        @Name("learning_rate")
        public native OptimizerStep learningRate(float value);

        /** SGD and RMSprop; 0 for none. */
        public native float momentum();

        public native OptimizerStep momentum(float value);

        /** Decay of the squares; RMSprop. */
        public native float rho();

        public native OptimizerStep rho(float value);

        /** Decay of the mean; Adam. */
        public native float beta1();

        public native OptimizerStep beta1(float value);

        /** Decay of the squares; Adam. */
        public native float beta2();

        public native OptimizerStep beta2(float value);

        /** RMSprop and Adam. */
        public native float epsilon();

        public native OptimizerStep epsilon(float value);

        /** Factor on the gradient, penalties included; 1 where nothing is clipped. */
        @Name("gradient_scale")
        public native float gradientScale();

        @Name("gradient_scale")
        public native OptimizerStep gradientScale(float value);
    }

    /** Sizes of a pooling, which may reach over the edges. */
    @Name("convoke_pooling_shape")
    @NoException
    public static final class PoolingShape extends Pointer {
        /** Its fields are unset. */
        public PoolingShape() {
            ensureLoaded();
            allocate();
        }

        private native void allocate();

        /** N. */
        public native int count();

        public native PoolingShape count(int value);

        /** H of the input. */
        public native int height();

        public native PoolingShape height(int value);

        /** W of the input. */
        public native int width();

        public native PoolingShape width(int value);

        /** C. */
        public native int channels();

        public native PoolingShape channels(int value);

        /** Rows of the output. */
        @Name("output_height")
        public native int outputHeight();

        @Name("output_height")
        public native PoolingShape outputHeight(int value);

        /** Columns of the output. */
        @Name("output_width")
        public native int outputWidth();

        @Name("output_width")
        public native PoolingShape outputWidth(int value);

        /** Rows of a window. */
        @Name("window_height")
        public native int windowHeight();

        @Name("window_height")
        public native PoolingShape windowHeight(int value);

        /** Columns of a window. */
        @Name("window_width")
        public native int windowWidth();

        @Name("window_width")
        public native PoolingShape windowWidth(int value);

        /** Rows from window to window. */
        @Name("stride_height")
        public native int strideHeight();

        @Name("stride_height")
        public native PoolingShape strideHeight(int value);

        /** Columns from window to window. */
        @Name("stride_width")
        public native int strideWidth();

        @Name("stride_width")
        public native PoolingShape strideWidth(int value);

        /** Rows above the input that the first window covers. */
        @Name("pad_top")
        public native int padTop();

        @Name("pad_top")
        public native PoolingShape padTop(int value);

        /** Columns left of the input that the first window covers. */
        @Name("pad_left")
        public native int padLeft();

        @Name("pad_left")
        public native PoolingShape padLeft(int value);
    }

    /** CONVOKE_ABI_VERSION of the library that was loaded. */
    @Name("convoke_abi_version")
    public static native int abiVersion();

    /** The instruction set in use: {@code portable}, {@code avx2} or {@code avx512}. */
    @Name("convoke_instruction_set")
    public static native @Cast("const char*") String instructionSet();

    /** Uses the named instruction set from now on: 0 done, 1 unknown name, 2 not on this processor. */
    @Name("convoke_force_instruction_set")
    public static native int forceInstructionSet(@Cast("const char*") String name);

    /** Number of OpenMP threads of later parallel regions of the calling thread, oneDNN's among them. */
    @Name("convoke_set_openmp_threads")
    public static native void setOpenmpThreads(int threads);

    /** Makes the calling thread treat denormal floats as zero (1) or not (0). */
    @Name("convoke_flush_denormals")
    public static native void flushDenormals(int on);

    /** One Philox4x32-10 block to {@code words}, [4]. */
    @Name("convoke_philox")
    public static native void philox(
            @Cast("uint64_t") long seed,
            @Cast("uint32_t") int c0,
            @Cast("uint32_t") int c1,
            @Cast("uint32_t") int c2,
            @Cast("uint32_t") int c3,
            @Cast("uint32_t*") IntPointer words);

    /** Multiply-adds in registers; gives the operations done. */
    @Name("convoke_measure_multiply_add")
    public static native @Cast("int64_t") long measureMultiplyAdd(
            @Cast("int64_t") long rounds, float factor, float summand, FloatPointer means, int threads);

    /** Products of bfloat16 in registers; gives the operations done, 0 where the processor has none. */
    @Name("convoke_measure_bfloat16")
    public static native @Cast("int64_t") long measureBfloat16(
            @Cast("int64_t") long rounds, float factor, FloatPointer means, int threads);

    /** Copies, {@code rounds} times. */
    @Name("convoke_measure_copy")
    public static native void measureCopy(
            @Const FloatPointer from,
            FloatPointer to,
            @Cast("int64_t") long count,
            @Cast("int64_t") long rounds,
            int threads);

    /** Pixels of the ordered images, divided by 255. */
    @Name("convoke_gather")
    public static native void gather(
            @Cast("const uint8_t*") BytePointer images,
            @Const IntPointer order,
            int count,
            int imageSize,
            FloatPointer out,
            int threads);

    /** Labels of the ordered images. */
    @Name("convoke_gather_labels")
    public static native void gatherLabels(
            @Cast("const uint8_t*") BytePointer labels,
            @Const IntPointer order,
            int count,
            @Cast("uint8_t*") BytePointer out);

    /** Gathers, warps, flips and erases. */
    @Name("convoke_augment")
    public static native void augment(
            @Cast("const uint8_t*") BytePointer images,
            int h,
            int w,
            int c,
            @Const IntPointer order,
            int count,
            @Const FloatPointer affine,
            @Cast("const uint8_t*") @Nullable BytePointer flips,
            @Const @Nullable FloatPointer displacement,
            @Const @Nullable IntPointer erase,
            float eraseValue,
            Pointer workspace,
            FloatPointer out,
            int threads);

    /** Workspace of {@link #augment}. */
    @Name("convoke_augment_workspace_bytes")
    public static native @Cast("int64_t") long augmentWorkspaceBytes(int h, int w, int c, int threads);

    /** Displacement fields of elastic distortion. */
    @Name("convoke_elastic_field")
    public static native void elasticField(
            @Cast("uint64_t") long seed,
            @Cast("uint32_t") int epoch,
            @Cast("uint32_t") int firstPosition,
            int count,
            int h,
            int w,
            float alpha,
            @Const FloatPointer taps,
            int radius,
            Pointer workspace,
            FloatPointer out,
            int threads);

    /** Workspace of {@link #elasticField}. */
    @Name("convoke_elastic_field_workspace_bytes")
    public static native @Cast("int64_t") long elasticFieldWorkspaceBytes(int h, int w, int threads);

    /** Dropout; forward on values, backward on gradients. */
    @Name("convoke_dropout")
    public static native void dropout(
            @Const FloatPointer x,
            FloatPointer y,
            int count,
            int channels,
            int spatial,
            @Cast("uint64_t") long seed,
            @Cast("uint32_t") int epoch,
            @Cast("uint32_t") int firstPosition,
            @Cast("uint32_t") int ordinal,
            @Cast("uint32_t") int threshold,
            float scale,
            int threads);

    /** Bias, ReLU and dropout of a dense layer. */
    @Name("convoke_bias_relu_dropout_forward")
    public static native void biasReluDropoutForward(
            @Const FloatPointer x,
            @Const @Nullable FloatPointer bias,
            FloatPointer y,
            int count,
            int units,
            @Cast("uint64_t") long seed,
            @Cast("uint32_t") int epoch,
            @Cast("uint32_t") int firstPosition,
            @Cast("uint32_t") int ordinal,
            @Cast("uint32_t") int threshold,
            float scale,
            int threads);

    /** Gradient through dropout and ReLU, read off the forward's output. */
    @Name("convoke_relu_dropout_backward")
    public static native void reluDropoutBackward(
            @Const FloatPointer y,
            @Const FloatPointer dy,
            FloatPointer dx,
            @Cast("int64_t") long count,
            float scale,
            int threads);

    /** Loss, gradient, predictions and totals in one pass. */
    @Name("convoke_softmax_cross_entropy")
    public static native void softmaxCrossEntropy(
            @Const FloatPointer logits,
            @Cast("const uint8_t*") BytePointer labels,
            int n,
            int classes,
            float smoothing,
            float gradientScale,
            @Nullable FloatPointer dlogits,
            FloatPointer losses,
            @Cast("uint8_t*") @Nullable BytePointer correct,
            @Cast("uint8_t*") @Nullable BytePointer predictions,
            @Nullable FloatPointer confidences,
            DoublePointer lossSum,
            @Cast("int64_t*") LongPointer correctCount,
            int threads);

    /** Probabilities from logits. */
    @Name("convoke_softmax")
    public static native void softmax(
            @Const FloatPointer logits, int n, int classes, FloatPointer probabilities, int threads);

    /** Updates the parameters of every segment. */
    @Name("convoke_optimizer_update")
    public static native void optimizerUpdate(
            @Const OptimizerStep step,
            FloatPointer parameters,
            @Const FloatPointer gradients,
            @Nullable FloatPointer m,
            @Nullable FloatPointer v,
            @Const Segments segments,
            int segmentCount,
            @Nullable DoublePointer penalty,
            int threads);

    /** L1 and L2 penalties of the parameters. */
    @Name("convoke_penalty")
    public static native double penalty(
            @Const FloatPointer parameters, @Const Segments segments, int segmentCount, int threads);

    /** Square of the gradient's norm, penalties included. */
    @Name("convoke_gradient_square_sum")
    public static native double gradientSquareSum(
            @Const FloatPointer parameters,
            @Const FloatPointer gradients,
            @Const Segments segments,
            int segmentCount,
            int threads);

    /** Maximum of each window and where it was. */
    @Name("convoke_max_pool_forward")
    public static native void maxPoolForward(
            @Const PoolingShape shape,
            @Const FloatPointer x,
            FloatPointer y,
            @Cast("uint8_t*") @Nullable BytePointer codes,
            int threads);

    /** Gradient through max pooling. */
    @Name("convoke_max_pool_backward")
    public static native void maxPoolBackward(
            @Const PoolingShape shape,
            @Const FloatPointer dy,
            @Cast("const uint8_t*") BytePointer codes,
            FloatPointer dx,
            int threads);

    /** Mean of each window. */
    @Name("convoke_average_pool_forward")
    public static native void averagePoolForward(
            @Const PoolingShape shape, @Const FloatPointer x, FloatPointer y, int threads);

    /** Gradient through average pooling. */
    @Name("convoke_average_pool_backward")
    public static native void averagePoolBackward(
            @Const PoolingShape shape, @Const FloatPointer dy, FloatPointer dx, int threads);

    /** Workspace of {@link #batchNormForward} and {@link #batchNormBackward}. */
    @Name("convoke_batch_norm_workspace_bytes")
    public static native @Cast("int64_t") long batchNormWorkspaceBytes(int channels);

    /** Batch normalisation in training. */
    @Name("convoke_batch_norm_forward")
    public static native void batchNormForward(
            @Const FloatPointer x,
            @Cast("int64_t") long rows,
            int channels,
            @Const FloatPointer gamma,
            @Const FloatPointer beta,
            float epsilon,
            float momentum,
            int runningKind,
            FloatPointer runningMean,
            FloatPointer runningVariance,
            FloatPointer mean,
            FloatPointer invStd,
            FloatPointer y,
            Pointer workspace,
            int threads);

    /** Gradient through batch normalisation. */
    @Name("convoke_batch_norm_backward")
    public static native void batchNormBackward(
            @Const FloatPointer x,
            @Const FloatPointer dy,
            @Cast("int64_t") long rows,
            int channels,
            @Const FloatPointer gamma,
            @Const FloatPointer mean,
            @Const FloatPointer invStd,
            FloatPointer dgamma,
            FloatPointer dbeta,
            FloatPointer dx,
            Pointer workspace,
            int threads);

    /** Batch normalisation with the running statistics. */
    @Name("convoke_batch_norm_inference")
    public static native void batchNormInference(
            @Const FloatPointer x,
            @Cast("int64_t") long rows,
            int channels,
            @Const FloatPointer gamma,
            @Const FloatPointer beta,
            float epsilon,
            @Const FloatPointer runningMean,
            @Const FloatPointer runningVariance,
            FloatPointer y,
            int threads);

    /** An activation. */
    @Name("convoke_activation_forward")
    public static native void activationForward(
            int kind, @Const FloatPointer x, FloatPointer y, @Cast("int64_t") long count, float slope, int threads);

    /** Gradient through an activation. */
    @Name("convoke_activation_backward")
    public static native void activationBackward(
            int kind,
            @Const @Nullable FloatPointer x,
            @Const @Nullable FloatPointer y,
            @Const FloatPointer dy,
            FloatPointer dx,
            @Cast("int64_t") long count,
            float slope,
            int threads);

    /** Transposes a 4-D tensor. */
    @Name("convoke_permute")
    public static native void permute(
            @Const FloatPointer in, @Const IntPointer shape, @Const IntPointer axes, FloatPointer out);

    /** 1 if the fused calls below serve this group of convolution, ReLU and max pooling, else 0. */
    @Name("convoke_fused_convolution_supports")
    public static native int fusedConvolutionSupports(
            int channels, int filters, int kernel, int stride, int pad, int pool, int poolStride);

    /** Workspace of the three fused calls. */
    @Name("convoke_fused_convolution_workspace")
    public static native @Cast("int64_t") long fusedConvolutionWorkspace(
            int count, int h, int w, int channels, int filters, int pad, int threads);

    /** Which algorithm the fused forward pass runs: {@link #WINOGRAD_2}, {@link #WINOGRAD_4} or another. */
    @Name("convoke_fused_convolution_forward_algorithm")
    public static native int fusedConvolutionForwardAlgorithm(
            int count, int h, int w, int channels, int filters, int pad);

    /** Convolution 3x3, bias, ReLU and max pooling 2x2. */
    @Name("convoke_fused_convolution_forward")
    public static native void fusedConvolutionForward(
            @Const FloatPointer x,
            @Const FloatPointer weights,
            @Const FloatPointer bias,
            int count,
            int h,
            int w,
            int channels,
            int filters,
            int pad,
            FloatPointer y,
            @Cast("uint8_t*") @Nullable BytePointer codes,
            Pointer workspace,
            int threads);

    /** Gradients of weights and bias through the fused group. */
    @Name("convoke_fused_convolution_backward_weights")
    public static native void fusedConvolutionBackwardWeights(
            @Const FloatPointer x,
            @Const FloatPointer dy,
            @Cast("const uint8_t*") BytePointer codes,
            int count,
            int h,
            int w,
            int channels,
            int filters,
            int pad,
            FloatPointer dweights,
            FloatPointer dbias,
            Pointer workspace,
            int threads);

    /** Gradient of the input through the fused group. */
    @Name("convoke_fused_convolution_backward_data")
    public static native void fusedConvolutionBackwardData(
            @Const FloatPointer dy,
            @Cast("const uint8_t*") BytePointer codes,
            @Const FloatPointer weights,
            int count,
            int h,
            int w,
            int channels,
            int filters,
            int pad,
            FloatPointer dx,
            Pointer workspace,
            int threads);

    /** Size of the filters in the order that the passes read. */
    @Name("convoke_fused_convolution_prepared_bytes")
    public static native @Cast("int64_t") long fusedConvolutionPreparedBytes(int channels, int filters, int algorithm);

    /** Puts filters {@code from .. to - 1} into that order. */
    @Name("convoke_fused_convolution_prepare")
    public static native void fusedConvolutionPrepare(
            @Const FloatPointer weights, int channels, int filters, int algorithm, int from, int to, Pointer prepared);

    /** Workspace of the fused calls that compute parts. */
    @Name("convoke_fused_convolution_part_workspace")
    public static native @Cast("int64_t") long fusedConvolutionPartWorkspace(
            int count, int h, int w, int channels, int filters, int pad, int algorithm);

    /** The fused forward pass of some images. */
    @Name("convoke_fused_convolution_forward_part")
    public static native void fusedConvolutionForwardPart(
            @Const FloatPointer x,
            @Const Pointer prepared,
            @Const FloatPointer bias,
            int count,
            int h,
            int w,
            int channels,
            int filters,
            int pad,
            int algorithm,
            FloatPointer y,
            @Cast("uint8_t*") @Nullable BytePointer codes,
            Pointer workspace);

    /** Gradient of the input of some images through the fused group. */
    @Name("convoke_fused_convolution_backward_data_part")
    public static native void fusedConvolutionBackwardDataPart(
            @Const FloatPointer dy,
            @Cast("const uint8_t*") BytePointer codes,
            @Const Pointer prepared,
            int count,
            int h,
            int w,
            int channels,
            int filters,
            int pad,
            int algorithm,
            FloatPointer dx,
            Pointer workspace);

    /** Gradients of the weights and biases of some filters through the fused group; more than one channel. */
    @Name("convoke_fused_convolution_backward_filters")
    public static native void fusedConvolutionBackwardFilters(
            @Const FloatPointer x,
            @Const FloatPointer dy,
            @Cast("const uint8_t*") BytePointer codes,
            int count,
            int h,
            int w,
            int channels,
            int filters,
            int pad,
            int from,
            int to,
            FloatPointer dweights,
            FloatPointer dbias,
            Pointer workspace);

    /** Sums of weight gradients of groups of images; one channel. */
    @Name("convoke_fused_convolution_backward_groups")
    public static native void fusedConvolutionBackwardGroups(
            @Const FloatPointer x,
            @Const FloatPointer dy,
            @Cast("const uint8_t*") BytePointer codes,
            int count,
            int h,
            int w,
            int filters,
            int pad,
            FloatPointer sums,
            Pointer workspace);

    /** Gradients of weights and biases from the sums of a batch's groups; one channel. */
    @Name("convoke_fused_convolution_combine_groups")
    public static native void fusedConvolutionCombineGroups(
            @Const FloatPointer sums, int count, int filters, FloatPointer dweights, FloatPointer dbias);

    /** Size of a dense layer's transposed weights. */
    @Name("convoke_dense_prepared_bytes")
    public static native @Cast("int64_t") long densePreparedBytes(int inputs, int units);

    /** Workspace of the dense calls. */
    @Name("convoke_dense_workspace_bytes")
    public static native @Cast("int64_t") long denseWorkspaceBytes(int count, int units);

    /** Copies units {@code from .. to - 1} to the transposed weights. */
    @Name("convoke_dense_prepare")
    public static native void densePrepare(
            @Const FloatPointer weights,
            int inputs,
            int units,
            int from,
            int to,
            @Cast("float*") BytePointer transposed);

    /** A dense layer of some images, with the ReLU that may follow. */
    @Name("convoke_dense_forward")
    public static native void denseForward(
            @Const FloatPointer x,
            @Const FloatPointer transposed,
            @Const FloatPointer bias,
            int count,
            int inputs,
            int units,
            int rectified,
            FloatPointer y,
            Pointer workspace);

    /** Gradient of a dense layer's input. */
    @Name("convoke_dense_backward_data")
    public static native void denseBackwardData(
            @Const FloatPointer dy, @Const FloatPointer weights, int count, int inputs, int units, FloatPointer dx);

    /** Gradients of the weights and biases of some units. */
    @Name("convoke_dense_backward_units")
    public static native void denseBackwardUnits(
            @Const FloatPointer x,
            @Const FloatPointer dy,
            int count,
            int inputs,
            int units,
            int from,
            int to,
            FloatPointer dweights,
            FloatPointer dbias,
            Pointer workspace);
}
