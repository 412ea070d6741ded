package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import dev.convoke.plan.Precision;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.FloatPointer;

/** A session's cublasLt: the handle, and what its products share. */
final class CublasLt {
    private final CudaResources resources;
    private final Precision precision;
    private final cublasLtContext handle = new cublasLtContext();
    private final FloatPointer one; // host
    private final FloatPointer zero; // host

    CublasLt(CudaResources resources, Precision precision) {
        this.resources = resources;
        this.precision = precision;
        one = resources.own(new FloatPointer(1f));
        zero = resources.own(new FloatPointer(0f));
        check(cublas.cublasLtCreate(handle), "cublasLtCreate", "the session");
        resources.onClose(() -> check(cublas.cublasLtDestroy(handle), "cublasLtDestroy", "the session"));
    }

    /**
     * Passes a success on in silence.
     *
     * @param call the C function
     * @param label the layer that it was called for
     * @throws DeviceException naming call, layer and status
     */
    static void check(int status, String call, String label) {
        if (status != cublas.CUBLAS_STATUS_SUCCESS) {
            throw new DeviceException("cublasLt: " + call + " for " + label + " failed: "
                    + cublas.cublasLtGetStatusName(status).getString() + ": "
                    + cublas.cublasLtGetStatusString(status).getString()
                    + "; see 'convoke doctor', or use --device cpu");
        }
    }

    CudaResources resources() {
        return resources;
    }

    cublasLtContext handle() {
        return handle;
    }

    /** The factor beta = 0: results replace the old values. In host memory. */
    FloatPointer one() {
        return one;
    }

    /** The factor of old values that are ignored, in host memory. */
    FloatPointer zero() {
        return zero;
    }

    /** Such as 130201 for 13.2.1. */
    static long version() {
        return cublas.cublasLtGetVersion();
    }

    Precision precision() {
        return precision;
    }

    /** How products are added up: in float32 always, of operands that TF32 rounds. */
    int computeType() {
        return precision == Precision.TF32 ? cublas.CUBLAS_COMPUTE_32F_FAST_TF32 : cublas.CUBLAS_COMPUTE_32F;
    }

    static int dataType(CudaFormat format) {
        return format == CudaFormat.FLOAT32 ? cudart.CUDA_R_32F : cudart.CUDA_R_16BF;
    }
}
