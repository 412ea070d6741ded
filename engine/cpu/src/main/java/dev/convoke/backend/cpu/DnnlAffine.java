package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Mode;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.jspecify.annotations.Nullable;

/**
 * What convolutions and inner products have in common: primitives that take {@code x}, a kernel and a bias to {@code y},
 * and back. The kernel is in whichever layout a primitive chooses.
 */
abstract sealed class DnnlAffine permits DnnlConvolution, DnnlInnerProduct {
    private final DnnlEngine engine;
    private final String label;
    private final Layouts layouts;

    DnnlAffine(DnnlEngine engine, String label, Layouts layouts) {
        this.engine = engine;
        this.label = label;
        this.layouts = layouts;
    }

    /**
     * Layouts of the tensors.
     *
     * @param source of x and its gradient
     * @param sourceOperand of x where it is multiplied
     * @param anyKernel of the kernel where it is multiplied, its order open
     * @param anyGradient of the kernel's gradient, its order open
     * @param arenaKernel of the kernel in the arena
     * @param bias of the bias; null for none
     * @param target of y
     * @param targetOperand of the gradient of y where it is multiplied
     */
    record Layouts(
            DnnlLayout source,
            DnnlLayout sourceOperand,
            DnnlLayout anyKernel,
            DnnlLayout anyGradient,
            DnnlLayout arenaKernel,
            @Nullable DnnlLayout bias,
            DnnlLayout target,
            DnnlLayout targetOperand) {}

    final DnnlPrimitive forward(Mode mode, CpuReluFusion relu) {
        dnnl_primitive_attr attributes = relu == CpuReluFusion.NONE
                ? DnnlAttributes.plain(engine, label)
                : DnnlAttributes.rectified(engine, label);
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        describeForward(descriptor, mode, attributes);
        return new DnnlPrimitive(engine, label, descriptor);
    }

    final DnnlPrimitive backwardWeights(DnnlPrimitive forward) {
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        describeBackwardWeights(descriptor, forward.descriptor(), DnnlAttributes.plain(engine, label));
        return new DnnlPrimitive(engine, label, descriptor);
    }

    final DnnlPrimitive backwardData(DnnlPrimitive forward) {
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        describeBackwardData(descriptor, forward.descriptor(), DnnlAttributes.plain(engine, label));
        return new DnnlPrimitive(engine, label, descriptor);
    }

    abstract void describeForward(dnnl_primitive_desc descriptor, Mode mode, dnnl_primitive_attr attributes);

    abstract void describeBackwardWeights(
            dnnl_primitive_desc descriptor, dnnl_primitive_desc forward, dnnl_primitive_attr attributes);

    abstract void describeBackwardData(
            dnnl_primitive_desc descriptor, dnnl_primitive_desc forward, dnnl_primitive_attr attributes);

    final @Nullable dnnl_memory_desc biasDescriptor() {
        DnnlLayout bias = layouts.bias();
        return bias == null ? null : bias.descriptor();
    }

    final DnnlEngine engine() {
        return engine;
    }

    final String label() {
        return label;
    }

    final Layouts layouts() {
        return layouts;
    }

    final void check(int status, String call) {
        DnnlStatus.check(status, call, label);
    }
}
