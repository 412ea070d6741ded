package dev.convoke.backend.cpu;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** The backward pass of a convolution or a dense layer, bound to its tensors: weights first, then the input if wanted. */
final class DnnlAffineBackward {
    private final DnnlAffine affine;
    private final DnnlPrimitive weights;
    private final DnnlOperand dy;
    private final DnnlCopy kernelGradient;
    private @Nullable DnnlPrimitive data;
    private @Nullable DnnlCopy dataKernel;

    DnnlAffineBackward(
            DnnlAffine affine,
            DnnlAffineForward forward,
            CpuBuffer dy,
            FloatPointer kernelGradient,
            FloatPointer biasGradient) {
        this.affine = affine;
        DnnlAffine.Layouts layouts = affine.layouts();
        weights = affine.backwardWeights(forward.primitive());
        this.kernelGradient = DnnlCopy.to(
                affine.engine(),
                affine.label(),
                weights.layout(dnnl.dnnl_query_diff_weights_md),
                layouts.arenaKernel(),
                kernelGradient);
        this.dy = DnnlOperand.of(affine.engine(), affine.label(), layouts.target(), dy, layouts.targetOperand());
        forward.x().bind(weights, dnnl.DNNL_ARG_SRC);
        this.dy
                .bind(weights, dnnl.DNNL_ARG_DIFF_DST)
                .bind(dnnl.DNNL_ARG_DIFF_WEIGHTS, this.kernelGradient.layout(), this.kernelGradient.data())
                .bind(dnnl.DNNL_ARG_DIFF_BIAS, layouts.bias(), biasGradient);
    }

    /** Gives the gradient of the input too. */
    void alsoData(DnnlAffineForward forward, FloatPointer kernel, CpuBuffer dx) {
        DnnlAffine.Layouts layouts = affine.layouts();
        DnnlPrimitive primitive = affine.backwardData(forward.primitive());
        DnnlCopy copy = DnnlCopy.from(
                affine.engine(),
                affine.label(),
                layouts.arenaKernel(),
                kernel,
                primitive.layout(dnnl.dnnl_query_weights_md));
        dy.bind(primitive, dnnl.DNNL_ARG_DIFF_DST)
                .bind(dnnl.DNNL_ARG_WEIGHTS, copy.layout(), copy.data())
                .bind(dnnl.DNNL_ARG_DIFF_SRC, layouts.source(), dx);
        data = primitive;
        dataKernel = copy;
    }

    /** What serves it, in words. */
    String kernels() {
        return data == null ? CpuKernels.library(weights) : CpuKernels.library(weights, data);
    }

    void run() {
        dy.run();
        weights.execute();
        kernelGradient.run();
        if (data != null && dataKernel != null) {
            dataKernel.run();
            data.execute();
        }
    }
}
