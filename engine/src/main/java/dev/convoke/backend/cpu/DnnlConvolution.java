package dev.convoke.backend.cpu;

import dev.convoke.model.ImageShape;
import dev.convoke.plan.Op;
import dev.convoke.plan.WindowGeometry;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * oneDNN's convolutions of one shape. Activations are NHWC: over a whole network oneDNN is as fast there as in its blocked
 * layouts, and nothing has to be copied for our own kernels.
 */
final class DnnlConvolution extends DnnlAffine {
    private static final int METHOD = dnnl.dnnl_convolution_direct;

    private final long[] strides;
    private final long[] dilations = {0, 0};
    private final long[] padBefore;
    private final long[] padAfter;

    DnnlConvolution(DnnlEngine engine, Op.Convolution op, int batch, DnnlFormat operands) {
        super(engine, op.name(), layouts(engine, op, batch, operands));
        WindowGeometry window = op.window();
        strides = new long[] {window.stride(), window.stride()};
        padBefore = new long[] {window.padTop(), window.padLeft()};
        padAfter = new long[] {window.padBottom(), window.padRight()};
    }

    private static Layouts layouts(DnnlEngine engine, Op.Convolution op, int batch, DnnlFormat operands) {
        ImageShape in = op.window().input();
        ImageShape out = op.window().output();
        long[] kernel = {
            out.channels(), in.channels(), op.window().size(), op.window().size()
        };
        long[] source = {batch, in.channels(), in.height(), in.width()};
        long[] target = {batch, out.channels(), out.height(), out.width()};
        return new Layouts(
                DnnlLayout.nhwc(engine, op.name(), DnnlFormat.FLOAT32, source),
                DnnlLayout.nhwc(engine, op.name(), operands, source),
                DnnlLayout.any(engine, op.name(), operands, kernel),
                DnnlLayout.any(engine, op.name(), DnnlFormat.FLOAT32, kernel),
                DnnlLayout.nhwc(engine, op.name(), DnnlFormat.FLOAT32, kernel),
                DnnlLayout.vector(engine, op.name(), out.channels()),
                DnnlLayout.nhwc(engine, op.name(), DnnlFormat.FLOAT32, target),
                DnnlLayout.nhwc(engine, op.name(), operands, target));
    }

    @Override
    void describeForward(dnnl_primitive_desc descriptor, CpuMode mode, dnnl_primitive_attr attributes) {
        check(
                dnnl.dnnl_convolution_forward_primitive_desc_create(
                        descriptor,
                        engine().handle(),
                        mode == CpuMode.TRAINING ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        METHOD,
                        layouts().sourceOperand().descriptor(),
                        layouts().anyKernel().descriptor(),
                        layouts().bias().descriptor(),
                        layouts().target().descriptor(),
                        strides,
                        dilations,
                        padBefore,
                        padAfter,
                        attributes),
                "dnnl_convolution_forward_primitive_desc_create");
    }

    @Override
    void describeBackwardWeights(
            dnnl_primitive_desc descriptor, dnnl_primitive_desc forward, dnnl_primitive_attr attributes) {
        check(
                dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                        descriptor,
                        engine().handle(),
                        METHOD,
                        layouts().sourceOperand().descriptor(),
                        layouts().anyGradient().descriptor(),
                        layouts().bias().descriptor(),
                        layouts().targetOperand().descriptor(),
                        strides,
                        dilations,
                        padBefore,
                        padAfter,
                        forward,
                        attributes),
                "dnnl_convolution_backward_weights_primitive_desc_create");
    }

    @Override
    void describeBackwardData(
            dnnl_primitive_desc descriptor, dnnl_primitive_desc forward, dnnl_primitive_attr attributes) {
        check(
                dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                        descriptor,
                        engine().handle(),
                        METHOD,
                        layouts().source().descriptor(),
                        layouts().anyKernel().descriptor(),
                        layouts().targetOperand().descriptor(),
                        strides,
                        dilations,
                        padBefore,
                        padAfter,
                        forward,
                        attributes),
                "dnnl_convolution_backward_data_primitive_desc_create");
    }
}
