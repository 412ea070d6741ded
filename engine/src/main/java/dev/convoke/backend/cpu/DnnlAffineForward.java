package dev.convoke.backend.cpu;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/** The forward pass of a convolution or a dense layer, bound to its tensors. */
final class DnnlAffineForward {
    private final DnnlPrimitive primitive;
    private final DnnlCopy kernel;
    private final DnnlOperand x;

    DnnlAffineForward(
            DnnlAffine affine,
            CpuMode mode,
            CpuRectifier rectifier,
            CpuBuffer x,
            FloatPointer kernel,
            FloatPointer bias,
            CpuBuffer y) {
        DnnlAffine.Layouts layouts = affine.layouts();
        primitive = affine.forward(mode, rectifier);
        this.kernel = DnnlCopy.from(
                affine.engine(),
                affine.label(),
                layouts.arenaKernel(),
                kernel,
                primitive.layout(dnnl.dnnl_query_weights_md));
        this.x = DnnlOperand.of(affine.engine(), affine.label(), layouts.source(), x, layouts.sourceOperand());
        this.x
                .bind(primitive, dnnl.DNNL_ARG_SRC)
                .bind(dnnl.DNNL_ARG_WEIGHTS, this.kernel.layout(), this.kernel.data())
                .bind(dnnl.DNNL_ARG_BIAS, layouts.bias(), bias)
                .bind(dnnl.DNNL_ARG_DST, layouts.target(), y);
    }

    DnnlPrimitive primitive() {
        return primitive;
    }

    /** What it multiplies, as it was when it last ran. */
    DnnlOperand x() {
        return x;
    }

    void run() {
        x.run();
        kernel.run();
        primitive.execute();
    }
}
