package dev.convoke.backend.cpu;

import dev.convoke.plan.Op;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** oneDNN's inner products of one shape. */
final class DnnlInnerProduct extends DnnlAffine {
    DnnlInnerProduct(DnnlEngine engine, Op.Dense op, int batch, DnnlFormat operands) {
        super(engine, op.name(), layouts(engine, op, batch, operands));
    }

    private static Layouts layouts(DnnlEngine engine, Op.Dense op, int batch, DnnlFormat operands) {
        long[] kernel = {op.units(), op.inputs()};
        return new Layouts(
                DnnlLayout.rows(engine, op.name(), DnnlFormat.FLOAT32, batch, op.inputs()),
                DnnlLayout.rows(engine, op.name(), operands, batch, op.inputs()),
                DnnlLayout.any(engine, op.name(), operands, kernel),
                DnnlLayout.any(engine, op.name(), DnnlFormat.FLOAT32, kernel),
                DnnlLayout.rows(engine, op.name(), DnnlFormat.FLOAT32, op.units(), op.inputs()),
                DnnlLayout.vector(engine, op.name(), op.units()),
                DnnlLayout.rows(engine, op.name(), DnnlFormat.FLOAT32, batch, op.units()),
                DnnlLayout.rows(engine, op.name(), operands, batch, op.units()));
    }

    @Override
    void describeForward(dnnl_primitive_desc descriptor, CpuMode mode, dnnl_primitive_attr attributes) {
        check(
                dnnl.dnnl_inner_product_forward_primitive_desc_create(
                        descriptor,
                        engine().handle(),
                        mode == CpuMode.TRAINING ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        layouts().sourceOperand().descriptor(),
                        layouts().anyKernel().descriptor(),
                        layouts().bias().descriptor(),
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
                        layouts().bias().descriptor(),
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
