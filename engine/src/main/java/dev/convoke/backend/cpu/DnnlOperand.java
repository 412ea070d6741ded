package dev.convoke.backend.cpu;

import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** An activation or a gradient as a primitive reads it: itself, or a copy in a number format with fewer bits. */
final class DnnlOperand {
    private final DnnlLayout layout;
    private final CpuBuffer source;
    private final @Nullable Pointer copy;
    private final @Nullable DnnlPrimitive reorder;

    private DnnlOperand(DnnlLayout layout, CpuBuffer source, @Nullable Pointer copy, @Nullable DnnlPrimitive reorder) {
        this.layout = layout;
        this.source = source;
        this.copy = copy;
        this.reorder = reorder;
    }

    /** What {@code wanted} reads: {@link #run} before the primitive copies {@code source} there, if it is another format. */
    static DnnlOperand of(DnnlEngine engine, String label, DnnlLayout layout, CpuBuffer source, DnnlLayout wanted) {
        if (layout.sameAs(wanted)) {
            return new DnnlOperand(layout, source, null, null);
        }
        Pointer copy = engine.resources().allocate(label, wanted.bytes());
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        dnnl_primitive_attr attributes = DnnlAttributes.plain(engine, label);
        DnnlStatus.check(
                dnnl.dnnl_reorder_primitive_desc_create(
                        descriptor,
                        layout.descriptor(),
                        engine.handle(),
                        wanted.descriptor(),
                        engine.handle(),
                        attributes),
                "dnnl_reorder_primitive_desc_create",
                label);
        DnnlPrimitive reorder = new DnnlPrimitive(engine, label, descriptor)
                .bind(dnnl.DNNL_ARG_FROM, layout, source)
                .bind(dnnl.DNNL_ARG_TO, wanted, copy);
        return new DnnlOperand(wanted, source, copy, reorder);
    }

    /** Makes {@code primitive} read it as {@code argument}. */
    DnnlPrimitive bind(DnnlPrimitive primitive, int argument) {
        return copy == null ? primitive.bind(argument, layout, source) : primitive.bind(argument, layout, copy);
    }

    void run() {
        if (reorder != null) {
            reorder.execute();
        }
    }
}
