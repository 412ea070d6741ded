package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Mode;
import dev.convoke.model.ImageShape;
import dev.convoke.model.WindowGeometry;
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
    private final long[] dilations; // oneDNN counts the pixels between two that are looked at
    private final long[] padBefore;
    private final long[] padAfter;

    /**
     * @param window over one image
     * @param groups parts of the channels
     * @param hasBias whether a bias is added
     */
    DnnlConvolution(
            DnnlEngine engine,
            String name,
            WindowGeometry window,
            int groups,
            boolean hasBias,
            int batch,
            DnnlFormat operands) {
        super(engine, name, layouts(engine, name, window, groups, hasBias, batch, operands));
        strides = new long[] {window.stride().height(), window.stride().width()};
        dilations =
                new long[] {window.dilation().height() - 1, window.dilation().width() - 1};
        padBefore = new long[] {window.padTop(), window.padLeft()};
        padAfter = new long[] {window.padBottom(), window.padRight()};
    }

    private static Layouts layouts(
            DnnlEngine engine,
            String name,
            WindowGeometry window,
            int groups,
            boolean hasBias,
            int batch,
            DnnlFormat operands) {
        ImageShape in = window.input();
        ImageShape out = window.output();
        long rows = window.size().height();
        long columns = window.size().width();
        long[] kernel = groups == 1
                ? new long[] {out.channels(), in.channels(), rows, columns}
                : new long[] {groups, out.channels() / groups, in.channels() / groups, rows, columns};
        long[] source = {batch, in.channels(), in.height(), in.width()};
        long[] target = {batch, out.channels(), out.height(), out.width()};
        return new Layouts(
                DnnlLayout.nhwc(engine, name, DnnlFormat.FLOAT32, source),
                DnnlLayout.nhwc(engine, name, operands, source),
                DnnlLayout.any(engine, name, operands, kernel),
                DnnlLayout.any(engine, name, DnnlFormat.FLOAT32, kernel),
                DnnlLayout.channelsLast(engine, name, kernel),
                hasBias ? DnnlLayout.vector(engine, name, out.channels()) : null,
                DnnlLayout.nhwc(engine, name, DnnlFormat.FLOAT32, target),
                DnnlLayout.nhwc(engine, name, operands, target));
    }

    @Override
    void describeForward(dnnl_primitive_desc descriptor, Mode mode, dnnl_primitive_attr attributes) {
        check(
                dnnl.dnnl_convolution_forward_primitive_desc_create(
                        descriptor,
                        engine().handle(),
                        mode == Mode.TRAINING ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        METHOD,
                        layouts().sourceOperand().descriptor(),
                        layouts().anyKernel().descriptor(),
                        biasDescriptor(),
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
                        biasDescriptor(),
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
