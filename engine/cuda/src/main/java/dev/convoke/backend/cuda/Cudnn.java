package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import dev.convoke.model.Size;
import org.bytedeco.cuda.cudnn.cudnnActivationStruct;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A session's cuDNN: the handle, bound to the session's stream, and descriptors that live as long as the session. */
@SuppressWarnings("deprecation") // cuDNN 9 calls these calls so, and has them throughout
final class Cudnn {
    private static final String LABEL = "the session";

    private final CudaResources resources;
    private final cudnnContext handle = new cudnnContext();
    private final FloatPointer one; // host
    private final FloatPointer zero; // host

    Cudnn(CudaResources resources) {
        this.resources = resources;
        one = resources.own(new FloatPointer(1f));
        zero = resources.own(new FloatPointer(0f));
        check(cudnn.cudnnCreate(handle), "cudnnCreate", LABEL);
        resources.onClose(() -> check(cudnn.cudnnDestroy(handle), "cudnnDestroy", LABEL));
        check(cudnn.cudnnSetStream(handle, resources.stream().handle()), "cudnnSetStream", LABEL);
    }

    /**
     * Passes a success on in silence.
     *
     * @param call the C function
     * @param label the layer that it was called for
     * @throws DeviceException naming call, layer and status
     */
    static void check(int status, String call, String label) {
        if (status != cudnn.CUDNN_STATUS_SUCCESS) {
            throw new DeviceException("cuDNN: " + call + " for " + label + " failed: "
                    + cudnn.cudnnGetErrorString(status).getString() + remedy(status));
        }
    }

    /**
     * Whether cuDNN supports the request.
     *
     * @throws DeviceException as {@link #check}, for every other failure
     */
    static boolean serves(int status, String call, String label) {
        if (isUnsupported(status)) {
            return false;
        }
        check(status, call, label);
        return true;
    }

    // cuDNN 9 tells sub-kinds of an error apart by the digits below the thousands.
    private static boolean isUnsupported(int status) {
        return status / 1000 * 1000 == cudnn.CUDNN_STATUS_NOT_SUPPORTED;
    }

    private static String remedy(int status) {
        return isUnsupported(status)
                ? "; try --kernels own, or another --precision"
                : "; see 'convoke doctor', or use --device cpu";
    }

    /** Such as 91900 for 9.19.0. */
    static long version() {
        return cudnn.cudnnGetVersion();
    }

    cudnnContext handle() {
        return handle;
    }

    CudaResources resources() {
        return resources;
    }

    /** The factor of results that replace the old values, in host memory. */
    FloatPointer one() {
        return one;
    }

    /** The factor of old values that are ignored, in host memory. */
    FloatPointer zero() {
        return zero;
    }

    static int dataType(CudaFormat format) {
        return format == CudaFormat.FLOAT32 ? cudnn.CUDNN_DATA_FLOAT : cudnn.CUDNN_DATA_BFLOAT16;
    }

    /** Images {@code [n, c, h, w]} in NHWC memory order. */
    cudnnTensorStruct tensor(String label, CudaFormat format, int n, int c, int h, int w) {
        cudnnTensorStruct tensor = emptyTensor(label);
        check(
                cudnn.cudnnSetTensor4dDescriptor(tensor, cudnn.CUDNN_TENSOR_NHWC, dataType(format), n, c, h, w),
                "cudnnSetTensor4dDescriptor",
                label);
        return tensor;
    }

    /** A descriptor that another call is to fill. */
    cudnnTensorStruct emptyTensor(String label) {
        cudnnTensorStruct tensor = new cudnnTensorStruct();
        check(cudnn.cudnnCreateTensorDescriptor(tensor), "cudnnCreateTensorDescriptor", label);
        resources.onClose(
                () -> check(cudnn.cudnnDestroyTensorDescriptor(tensor), "cudnnDestroyTensorDescriptor", label));
        return tensor;
    }

    /** Filters {@code [k, c, rows, columns]} in OHWI memory order. */
    cudnnFilterStruct filter(String label, CudaFormat format, int k, int c, Size size) {
        cudnnFilterStruct filter = new cudnnFilterStruct();
        check(cudnn.cudnnCreateFilterDescriptor(filter), "cudnnCreateFilterDescriptor", label);
        resources.onClose(
                () -> check(cudnn.cudnnDestroyFilterDescriptor(filter), "cudnnDestroyFilterDescriptor", label));
        check(
                cudnn.cudnnSetFilter4dDescriptor(
                        filter, dataType(format), cudnn.CUDNN_TENSOR_NHWC, k, c, size.height(), size.width()),
                "cudnnSetFilter4dDescriptor",
                label);
        return filter;
    }

    /** {@code max(x, 0)}. */
    cudnnActivationStruct relu(String label) {
        cudnnActivationStruct relu = new cudnnActivationStruct();
        check(cudnn.cudnnCreateActivationDescriptor(relu), "cudnnCreateActivationDescriptor", label);
        resources.onClose(
                () -> check(cudnn.cudnnDestroyActivationDescriptor(relu), "cudnnDestroyActivationDescriptor", label));
        check(
                cudnn.cudnnSetActivationDescriptor(relu, cudnn.CUDNN_ACTIVATION_RELU, cudnn.CUDNN_NOT_PROPAGATE_NAN, 0),
                "cudnnSetActivationDescriptor",
                label);
        return relu;
    }

    /** Memory for one size, to be read after a query. */
    SizeTPointer size() {
        return resources.own(new SizeTPointer(1));
    }
}
