package dev.convoke.backend.cuda;

import dev.convoke.model.Size;
import dev.convoke.plan.Precision;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.cuda.cudnn.cudnnActivationStruct;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/** cuDNN's convolutions of one shape, with the same padding on opposite sides; a kernel is OHWI. */
@SuppressWarnings("deprecation") // cuDNN 9 calls these calls so, and has them throughout
final class CudnnConvolution {
    private final Cudnn library;
    private final String label;
    private final Precision precision;
    private final Shape shape;
    private final cudnnTensorStruct x;
    private final cudnnFilterStruct w;
    private final cudnnTensorStruct y;
    private final cudnnTensorStruct bias;
    private final cudnnActivationStruct relu;
    private final Map<CudnnPass, cudnnConvolutionStruct> descriptors = new EnumMap<>(CudnnPass.class);
    private final Map<CudnnPass, Bound> bound = new EnumMap<>(CudnnPass.class);

    /**
     * Sizes of a convolution.
     *
     * @param batch N
     * @param channels C of the input
     * @param height H of the input
     * @param width W of the input
     * @param filters C of the output
     * @param outputHeight H of the output
     * @param outputWidth W of the output
     * @param groups number of channel groups, each with its own filters
     * @param size rows and columns of the window
     * @param stride rows and columns from one window to the next
     * @param dilation distance between the rows and columns of a window
     * @param padHeight zeros above and below
     * @param padWidth zeros left and right
     */
    record Shape(
            int batch,
            int channels,
            int height,
            int width,
            int filters,
            int outputHeight,
            int outputWidth,
            int groups,
            Size size,
            Size stride,
            Size dilation,
            int padHeight,
            int padWidth) {

        @Override
        public String toString() {
            return batch + "x" + channels + "x" + height + "x" + width + " to " + filters
                    + (groups == 1 ? "" : " in " + groups + " groups") + ", " + size + " by " + stride
                    + (dilation.equals(Size.ONE) ? "" : " dilated " + dilation) + ", padded " + padHeight + "x"
                    + padWidth;
        }
    }

    /** What a pass runs with once it is chosen. */
    private record Bound(int algorithm, CudaScratch scratch, long workspace) {}

    CudnnConvolution(Cudnn library, String label, Precision precision, Shape shape) {
        this.library = library;
        this.label = label;
        this.precision = precision;
        this.shape = shape;
        CudaFormat format = CudaFormat.of(precision);
        x = library.tensor(label, format, shape.batch(), shape.channels(), shape.height(), shape.width());
        w = library.filter(label, format, shape.filters(), shape.channels() / shape.groups(), shape.size());
        y = library.tensor(label, format, shape.batch(), shape.filters(), shape.outputHeight(), shape.outputWidth());
        bias = library.tensor(label, CudaFormat.FLOAT32, 1, shape.filters(), 1, 1);
        relu = library.relu(label);
        for (CudnnPass pass : CudnnPass.values()) {
            descriptors.put(pass, descriptor());
        }
    }

    private cudnnConvolutionStruct descriptor() {
        cudnnConvolutionStruct descriptor = new cudnnConvolutionStruct();
        check(cudnn.cudnnCreateConvolutionDescriptor(descriptor), "cudnnCreateConvolutionDescriptor");
        library.resources()
                .onClose(() -> check(
                        cudnn.cudnnDestroyConvolutionDescriptor(descriptor), "cudnnDestroyConvolutionDescriptor"));
        check(
                cudnn.cudnnSetConvolution2dDescriptor(
                        descriptor,
                        shape.padHeight(),
                        shape.padWidth(),
                        shape.stride().height(),
                        shape.stride().width(),
                        shape.dilation().height(),
                        shape.dilation().width(),
                        cudnn.CUDNN_CROSS_CORRELATION,
                        cudnn.CUDNN_DATA_FLOAT),
                "cudnnSetConvolution2dDescriptor");
        check(cudnn.cudnnSetConvolutionGroupCount(descriptor, shape.groups()), "cudnnSetConvolutionGroupCount");
        setMath(descriptor, math());
        return descriptor;
    }

    // FMA keeps every bit of float32; the default lets tensor cores round operands to TF32.
    private int math() {
        return switch (precision) {
            case FLOAT32, FLOAT64 -> cudnn.CUDNN_FMA_MATH;
            case TF32 -> cudnn.CUDNN_DEFAULT_MATH;
            case BFLOAT16 -> cudnn.CUDNN_TENSOR_OP_MATH;
        };
    }

    private void setMath(cudnnConvolutionStruct descriptor, int math) {
        check(cudnn.cudnnSetConvolutionMathType(descriptor, math), "cudnnSetConvolutionMathType");
    }

    Cudnn library() {
        return library;
    }

    String label() {
        return label;
    }

    Precision precision() {
        return precision;
    }

    Shape shape() {
        return shape;
    }

    cudnnTensorStruct x() {
        return x;
    }

    cudnnFilterStruct w() {
        return w;
    }

    cudnnTensorStruct y() {
        return y;
    }

    cudnnConvolutionStruct descriptor(CudnnPass pass) {
        return Objects.requireNonNull(descriptors.get(pass));
    }

    /** Whether {@code algorithm} keeps to the precision: float32 must not be computed in another math than its own. */
    boolean keepsPrecision(CudnnAlgorithm algorithm) {
        return precision != Precision.FLOAT32 || algorithm.math() == cudnn.CUDNN_FMA_MATH;
    }

    /** Runs {@code pass} with {@code algorithm} from now on, its workspace in {@code scratch}. */
    void use(CudnnPass pass, CudnnAlgorithm algorithm, CudaScratch scratch) {
        setMath(descriptor(pass), algorithm.math());
        long workspace = workspaceBytes(pass, algorithm.number());
        scratch.atLeast(workspace);
        bound.put(pass, new Bound(algorithm.number(), scratch, workspace));
    }

    private long workspaceBytes(CudnnPass pass, int algorithm) {
        SizeTPointer bytes = library.size();
        cudnnConvolutionStruct conv = descriptor(pass);
        switch (pass) {
            case FORWARD ->
                check(
                        cudnn.cudnnGetConvolutionForwardWorkspaceSize(
                                library.handle(), x, w, conv, y, algorithm, bytes),
                        "cudnnGetConvolutionForwardWorkspaceSize");
            case BACKWARD_DATA ->
                check(
                        cudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                                library.handle(), w, y, conv, x, algorithm, bytes),
                        "cudnnGetConvolutionBackwardDataWorkspaceSize");
            case BACKWARD_FILTER ->
                check(
                        cudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                                library.handle(), x, y, conv, w, algorithm, bytes),
                        "cudnnGetConvolutionBackwardFilterWorkspaceSize");
        }
        return bytes.get();
    }

    private Bound bound(CudnnPass pass) {
        Bound chosen = bound.get(pass);
        if (chosen == null) {
            throw new IllegalStateException(label + " has no algorithm for " + pass.words());
        }
        return chosen;
    }

    /** {@code target = source * kernel}, without a bias. */
    void forward(Pointer source, Pointer kernel, Pointer target) {
        Bound run = bound(CudnnPass.FORWARD);
        check(
                cudnn.cudnnConvolutionForward(
                        library.handle(),
                        library.one(),
                        x,
                        source,
                        w,
                        kernel,
                        descriptor(CudnnPass.FORWARD),
                        run.algorithm(),
                        workspace(run),
                        run.workspace(),
                        library.zero(),
                        y,
                        target),
                "cudnnConvolutionForward");
    }

    /** {@code target = max(source * kernel + bias, 0)}, in float32; false if cuDNN does not support it. */
    boolean forwardRectified(Pointer source, Pointer kernel, Pointer biases, Pointer target) {
        Bound run = bound(CudnnPass.FORWARD);
        return Cudnn.serves(
                cudnn.cudnnConvolutionBiasActivationForward(
                        library.handle(),
                        library.one(),
                        x,
                        source,
                        w,
                        kernel,
                        descriptor(CudnnPass.FORWARD),
                        run.algorithm(),
                        workspace(run),
                        run.workspace(),
                        library.zero(),
                        y,
                        target,
                        bias,
                        biases,
                        relu,
                        y,
                        target),
                "cudnnConvolutionBiasActivationForward",
                label);
    }

    /** Gradient of the source. */
    void backwardData(Pointer kernel, Pointer dy, Pointer dx) {
        Bound run = bound(CudnnPass.BACKWARD_DATA);
        check(
                cudnn.cudnnConvolutionBackwardData(
                        library.handle(),
                        library.one(),
                        w,
                        kernel,
                        y,
                        dy,
                        descriptor(CudnnPass.BACKWARD_DATA),
                        run.algorithm(),
                        workspace(run),
                        run.workspace(),
                        library.zero(),
                        x,
                        dx),
                "cudnnConvolutionBackwardData");
    }

    /** Gradient of the kernel, in the format of the activations. */
    void backwardFilter(Pointer source, Pointer dy, Pointer dw) {
        Bound run = bound(CudnnPass.BACKWARD_FILTER);
        check(
                cudnn.cudnnConvolutionBackwardFilter(
                        library.handle(),
                        library.one(),
                        x,
                        source,
                        y,
                        dy,
                        descriptor(CudnnPass.BACKWARD_FILTER),
                        run.algorithm(),
                        workspace(run),
                        run.workspace(),
                        library.zero(),
                        w,
                        dw),
                "cudnnConvolutionBackwardFilter");
    }

    private static @Nullable Pointer workspace(Bound run) {
        return run.workspace() == 0 ? null : run.scratch().data();
    }

    private void check(int status, String call) {
        Cudnn.check(status, call, label);
    }
}
