package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.PoolingKind;
import dev.convoke.model.ImageShape;
import dev.convoke.model.WindowGeometry;
import org.bytedeco.cuda.cudnn.cudnnPoolingStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Pointer;

/** cuDNN's pooling of one shape, with symmetric padding; positions outside the image are ignored. */
@SuppressWarnings("deprecation") // cuDNN 9 calls these calls so, and has them throughout
final class CudnnPooling {
    private final Cudnn library;
    private final String label;
    private final cudnnPoolingStruct pooling = new cudnnPoolingStruct();
    private final cudnnTensorStruct x;
    private final cudnnTensorStruct y;

    /** @param batch images */
    CudnnPooling(Cudnn library, String label, CudaFormat format, PoolingKind kind, WindowGeometry window, int batch) {
        this.library = library;
        this.label = label;
        Cudnn.check(cudnn.cudnnCreatePoolingDescriptor(pooling), "cudnnCreatePoolingDescriptor", label);
        library.resources()
                .onClose(() -> Cudnn.check(
                        cudnn.cudnnDestroyPoolingDescriptor(pooling), "cudnnDestroyPoolingDescriptor", label));
        Cudnn.check(
                cudnn.cudnnSetPooling2dDescriptor(
                        pooling,
                        mode(kind),
                        cudnn.CUDNN_NOT_PROPAGATE_NAN,
                        window.size().height(),
                        window.size().width(),
                        window.padTop(),
                        window.padLeft(),
                        window.stride().height(),
                        window.stride().width()),
                "cudnnSetPooling2dDescriptor",
                label);
        x = tensor(format, batch, window.input());
        y = tensor(format, batch, window.output());
    }

    private static int mode(PoolingKind kind) {
        return kind == PoolingKind.MAXIMUM
                ? cudnn.CUDNN_POOLING_MAX_DETERMINISTIC
                : cudnn.CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING;
    }

    private cudnnTensorStruct tensor(CudaFormat format, int batch, ImageShape shape) {
        return library.tensor(label, format, batch, shape.channels(), shape.height(), shape.width());
    }

    void forward(Pointer source, Pointer target) {
        Cudnn.check(
                cudnn.cudnnPoolingForward(
                        library.handle(), pooling, library.one(), x, source, library.zero(), y, target),
                "cudnnPoolingForward",
                label);
    }

    void backward(Pointer source, Pointer target, Pointer dy, Pointer dx) {
        Cudnn.check(
                cudnn.cudnnPoolingBackward(
                        library.handle(), pooling, library.one(), y, target, y, dy, x, source, library.zero(), x, dx),
                "cudnnPoolingBackward",
                label);
    }
}
