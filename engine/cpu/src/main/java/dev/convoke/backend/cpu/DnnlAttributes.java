package dev.convoke.backend.cpu;

import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Attributes of all our primitives: scratch memory from the caller, because a primitive with its own crashes when run by
 * another thread than its creator; and deterministic results.
 */
final class DnnlAttributes {
    private DnnlAttributes() {}

    static dnnl_primitive_attr plain(DnnlEngine engine, String label) {
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        DnnlStatus.check(dnnl.dnnl_primitive_attr_create(attributes), "dnnl_primitive_attr_create", label);
        engine.resources().onClose(() -> dnnl.dnnl_primitive_attr_destroy(attributes));
        DnnlStatus.check(
                dnnl.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl.dnnl_scratchpad_mode_user),
                "dnnl_primitive_attr_set_scratchpad_mode",
                label);
        DnnlStatus.check(
                dnnl.dnnl_primitive_attr_set_deterministic(attributes, 1),
                "dnnl_primitive_attr_set_deterministic",
                label);
        return attributes;
    }

    /** With {@code max(x, 0)} on what the primitive writes. */
    static dnnl_primitive_attr rectified(DnnlEngine engine, String label) {
        dnnl_primitive_attr attributes = plain(engine, label);
        dnnl_post_ops after = new dnnl_post_ops();
        DnnlStatus.check(dnnl.dnnl_post_ops_create(after), "dnnl_post_ops_create", label);
        engine.resources().onClose(() -> dnnl.dnnl_post_ops_destroy(after));
        DnnlStatus.check(
                dnnl.dnnl_post_ops_append_eltwise(after, dnnl.dnnl_eltwise_relu, 0, 0),
                "dnnl_post_ops_append_eltwise",
                label);
        DnnlStatus.check(
                dnnl.dnnl_primitive_attr_set_post_ops(attributes, after), "dnnl_primitive_attr_set_post_ops", label);
        return attributes;
    }
}
