package dev.convoke.backend.cpu;

import dev.convoke.backend.DeviceException;
import org.bytedeco.dnnl.global.dnnl;

/** Status codes of oneDNN, turned into exceptions. */
final class DnnlStatus {
    private DnnlStatus() {}

    /**
     * Passes a success on in silence.
     *
     * @param call the C function
     * @param label the layer that it was called for
     * @throws DeviceException naming call, status and layer
     */
    static void check(int status, String call, String label) {
        if (status != dnnl.dnnl_success) {
            throw new DeviceException(
                    "oneDNN: " + call + " for " + label + " failed: " + text(status) + remedy(status));
        }
    }

    private static String text(int status) {
        if (status == dnnl.dnnl_out_of_memory) {
            return "out of memory";
        }
        if (status == dnnl.dnnl_invalid_arguments) {
            return "invalid arguments";
        }
        if (status == dnnl.dnnl_unimplemented) {
            return "unimplemented";
        }
        if (status == dnnl.dnnl_last_impl_reached) {
            return "no implementation left";
        }
        if (status == dnnl.dnnl_runtime_error) {
            return "runtime error";
        }
        return "status " + status;
    }

    private static String remedy(int status) {
        if (status == dnnl.dnnl_out_of_memory) {
            return "; run fewer trials at once, or a smaller batch";
        }
        return "; use --device reference";
    }
}
