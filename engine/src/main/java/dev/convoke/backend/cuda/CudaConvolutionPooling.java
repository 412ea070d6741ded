package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import dev.convoke.model.ImageShape;
import dev.convoke.plan.Op;
import dev.convoke.plan.WindowGeometry;
import java.util.ArrayList;
import java.util.List;

/**
 * Convolution by cuDNN, then bias, ReLU and 2x2 max pooling by one kernel of ours. The pooling's codes say where a gradient
 * goes, and where ReLU lets none through: the values between convolution and pooling are not kept.
 */
final class CudaConvolutionPooling extends CudaLayer {
    private final CudaContext context;
    private final CudaMode mode;
    private final Op.Convolution op;
    private final CudaTensor inner; // the convolution's, [N, H, W, F]
    private final CudaConvolutionPasses passes;
    private final CudaBuffer codes; // [N, H / 2, W / 2, F]

    /** @param inner the tensor between convolution and pooling */
    CudaConvolutionPooling(
            CudaContext context,
            CudaMode mode,
            String name,
            int place,
            Op.Convolution op,
            CudaTensor input,
            CudaTensor inner,
            CudaTensor output) {
        super(name, place, input, output);
        this.context = context;
        this.mode = mode;
        this.op = op;
        this.inner = inner;
        passes = new CudaConvolutionPasses(context, mode, place, op, input, inner);
        inner.values().usedForward(place);
        codes = new CudaBuffer(name + " codes", output.count()).usedForward(place);
        if (mode == CudaMode.TRAINING) {
            inner.gradientBuffer().usedBackward(place);
            codes.usedBackward(place);
            context.scratch()
                    .atLeast(CudaKernels.reluMaxPoolWorkspaceBytes(
                            inner.batch(),
                            inner.shape().height(),
                            inner.shape().width(),
                            inner.shape().channels()));
        }
    }

    /** Whether our kernel serves {@code pooling}. */
    static boolean serves(Op.Pooling pooling) {
        WindowGeometry window = pooling.window();
        boolean unpadded =
                window.padTop() == 0 && window.padLeft() == 0 && window.padBottom() == 0 && window.padRight() == 0;
        return pooling.kind() == Op.PoolingKind.MAXIMUM && window.size() == 2 && window.stride() == 2 && unpadded;
    }

    @Override
    String kernels() {
        return "cuDNN, our ReLU and pooling";
    }

    @Override
    List<CudaBuffer> buffers() {
        List<CudaBuffer> buffers = new ArrayList<>(passes.buffers());
        buffers.addAll(inner.buffers());
        buffers.add(codes);
        return buffers;
    }

    @Override
    void choose(CudaChooser chooser) {
        passes.choose(chooser);
    }

    @Override
    void forward() {
        passes.forward();
        ImageShape shape = inner.shape();
        CudaRuntime.check(
                CudaKernels.reluMaxPoolForward(
                        inner.format().code(),
                        inner.data(),
                        context.parameters().of(op.bias()),
                        inner.batch(),
                        shape.height(),
                        shape.width(),
                        shape.channels(),
                        output().data(),
                        mode == CudaMode.TRAINING ? codes.data() : null,
                        context.stream()),
                "convoke_cuda_relu_max_pool_forward",
                name());
    }

    @Override
    void backward() {
        ImageShape shape = inner.shape();
        CudaRuntime.check(
                CudaKernels.reluMaxPoolBackward(
                        inner.format().code(),
                        output().gradientData(),
                        codes.data(),
                        inner.batch(),
                        shape.height(),
                        shape.width(),
                        shape.channels(),
                        inner.gradientData(),
                        context.gradients().of(op.bias()),
                        context.scratch().data(),
                        context.state().device(),
                        context.stream()),
                "convoke_cuda_relu_max_pool_backward",
                name());
        passes.backwardProducts();
    }
}
