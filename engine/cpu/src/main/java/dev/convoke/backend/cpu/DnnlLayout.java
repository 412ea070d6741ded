package dev.convoke.backend.cpu;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Shape, order in memory and number format of a tensor, as oneDNN describes it; float32 unless it says otherwise. */
final class DnnlLayout {
    private final dnnl_memory_desc descriptor;

    private DnnlLayout(dnnl_memory_desc descriptor) {
        this.descriptor = descriptor;
    }

    /** Images {@code [N, C, H, W]} in NHWC memory order. */
    static DnnlLayout nhwc(DnnlEngine engine, String label, DnnlFormat format, long... sizes) {
        return of(engine, label, format, dnnl.dnnl_nhwc, sizes);
    }

    /** A convolution's kernel in the arena's order, channels last: of four axes, or of five where the first are groups. */
    static DnnlLayout channelsLast(DnnlEngine engine, String label, long... sizes) {
        return of(engine, label, DnnlFormat.FLOAT32, sizes.length == 4 ? dnnl.dnnl_nhwc : dnnl.dnnl_abdec, sizes);
    }

    /** A matrix, row after row. */
    static DnnlLayout rows(DnnlEngine engine, String label, DnnlFormat format, long rows, long columns) {
        return of(engine, label, format, dnnl.dnnl_ab, rows, columns);
    }

    /** A vector. */
    static DnnlLayout vector(DnnlEngine engine, String label, long size) {
        return of(engine, label, DnnlFormat.FLOAT32, dnnl.dnnl_a, size);
    }

    /** A shape whose order the primitive may choose. */
    static DnnlLayout any(DnnlEngine engine, String label, DnnlFormat format, long... sizes) {
        return of(engine, label, format, dnnl.dnnl_format_tag_any, sizes);
    }

    /** A layout that is valid as long as the primitive descriptor that it was queried from. */
    static DnnlLayout borrowed(dnnl_memory_desc descriptor) {
        return new DnnlLayout(descriptor);
    }

    private static DnnlLayout of(DnnlEngine engine, String label, DnnlFormat format, int tag, long... sizes) {
        dnnl_memory_desc descriptor = new dnnl_memory_desc();
        DnnlStatus.check(
                dnnl.dnnl_memory_desc_create_with_tag(descriptor, sizes.length, sizes, format.code(), tag),
                "dnnl_memory_desc_create_with_tag",
                label);
        engine.resources().onClose(() -> dnnl.dnnl_memory_desc_destroy(descriptor));
        return new DnnlLayout(descriptor);
    }

    dnnl_memory_desc descriptor() {
        return descriptor;
    }

    long bytes() {
        return dnnl.dnnl_memory_desc_get_size(descriptor);
    }

    boolean sameAs(DnnlLayout other) {
        return dnnl.dnnl_memory_desc_equal(descriptor, other.descriptor) != 0;
    }
}
