package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Mode;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** oneDNN's inner products of one shape. */
final class DnnlInnerProduct extends DnnlAffine {
    /** @param hasBias whether a bias is added */
    DnnlInnerProduct(
            DnnlEngine engine, String name, int inputs, int units, boolean hasBias, int batch, DnnlFormat operands) {
        super(engine, name, layouts(engine, name, inputs, units, hasBias, batch, operands));
    }

    private static Layouts layouts(
            DnnlEngine engine, String name, int inputs, int units, boolean hasBias, int batch, DnnlFormat operands) {
        long[] kernel = {units, inputs};
        return new Layouts(
                DnnlLayout.rows(engine, name, DnnlFormat.FLOAT32, batch, inputs),
                DnnlLayout.rows(engine, name, operands, batch, inputs),
                DnnlLayout.any(engine, name, operands, kernel),
                DnnlLayout.any(engine, name, DnnlFormat.FLOAT32, kernel),
                DnnlLayout.rows(engine, name, DnnlFormat.FLOAT32, units, inputs),
                hasBias ? DnnlLayout.vector(engine, name, units) : null,
                DnnlLayout.rows(engine, name, DnnlFormat.FLOAT32, batch, units),
                DnnlLayout.rows(engine, name, operands, batch, units));
    }

    @Override
    void describeForward(dnnl_primitive_desc descriptor, Mode mode, dnnl_primitive_attr attributes) {
        check(
                dnnl.dnnl_inner_product_forward_primitive_desc_create(
                        descriptor,
                        engine().handle(),
                        mode == Mode.TRAINING ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        layouts().sourceOperand().descriptor(),
                        layouts().anyKernel().descriptor(),
                        biasDescriptor(),
                        layouts().target().descriptor(),
                        attributes),
                "dnnl_inner_product_forward_primitive_desc_create");
    }

    @Override
    void describeBackwardWeights(
            dnnl_primitive_desc descriptor, dnnl_primitive_desc forward, dnnl_primitive_attr attributes) {
        check(
                dnnl.dnnl_inner_product_backward_weights_primitive_desc_create(
                        descriptor,
                        engine().handle(),
                        layouts().sourceOperand().descriptor(),
                        layouts().anyGradient().descriptor(),
                        biasDescriptor(),
                        layouts().targetOperand().descriptor(),
                        forward,
                        attributes),
                "dnnl_inner_product_backward_weights_primitive_desc_create");
    }

    @Override
    void describeBackwardData(
            dnnl_primitive_desc descriptor, dnnl_primitive_desc forward, dnnl_primitive_attr attributes) {
        check(
                dnnl.dnnl_inner_product_backward_data_primitive_desc_create(
                        descriptor,
                        engine().handle(),
                        layouts().source().descriptor(),
                        layouts().anyKernel().descriptor(),
                        layouts().targetOperand().descriptor(),
                        forward,
                        attributes),
                "dnnl_inner_product_backward_data_primitive_desc_create");
    }
}
