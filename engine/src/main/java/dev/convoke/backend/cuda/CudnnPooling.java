package dev.convoke.backend.cuda;

import dev.convoke.plan.Op;
import dev.convoke.plan.WindowGeometry;
import org.bytedeco.cuda.cudnn.cudnnPoolingStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.Pointer;

/** cuDNN's pooling of one shape, with the same padding on opposite sides; what lies outside takes no part. */
@SuppressWarnings("deprecation") // cuDNN 9 calls these calls so, and has them throughout
final class CudnnPooling {
    private final Cudnn library;
    private final String label;
    private final cudnnPoolingStruct pooling = new cudnnPoolingStruct();
    private final cudnnTensorStruct x;
    private final cudnnTensorStruct y;

    CudnnPooling(Cudnn library, Op.Pooling op, CudaTensor input, CudaTensor output) {
        this.library = library;
        label = op.name();
        WindowGeometry window = op.window();
        Cudnn.check(cudnn.cudnnCreatePoolingDescriptor(pooling), "cudnnCreatePoolingDescriptor", label);
        library.resources()
                .onClose(() -> Cudnn.check(
                        cudnn.cudnnDestroyPoolingDescriptor(pooling), "cudnnDestroyPoolingDescriptor", label));
        Cudnn.check(
                cudnn.cudnnSetPooling2dDescriptor(
                        pooling,
                        mode(op.kind()),
                        cudnn.CUDNN_NOT_PROPAGATE_NAN,
                        window.size(),
                        window.size(),
                        window.padTop(),
                        window.padLeft(),
                        window.stride(),
                        window.stride()),
                "cudnnSetPooling2dDescriptor",
                label);
        x = tensor(input);
        y = tensor(output);
    }

    private static int mode(Op.PoolingKind kind) {
        return kind == Op.PoolingKind.MAXIMUM
                ? cudnn.CUDNN_POOLING_MAX_DETERMINISTIC
                : cudnn.CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING;
    }

    private cudnnTensorStruct tensor(CudaTensor of) {
        return library.tensor(
                label,
                of.format(),
                of.batch(),
                of.shape().channels(),
                of.shape().height(),
                of.shape().width());
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
