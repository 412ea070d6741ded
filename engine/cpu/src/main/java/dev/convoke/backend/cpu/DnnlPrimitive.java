package dev.convoke.backend.cpu;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** One compiled oneDNN primitive, for any number of calls. */
final class DnnlPrimitive {
    private final DnnlEngine engine;
    private final String label;
    private final dnnl_primitive_desc descriptor;
    private final dnnl_primitive primitive = new dnnl_primitive();

    /**
     * Compiles the primitive that {@code descriptor} describes and takes the descriptor over.
     *
     * @param label the layer, for messages
     */
    DnnlPrimitive(DnnlEngine engine, String label, dnnl_primitive_desc descriptor) {
        this.engine = engine;
        this.label = label;
        this.descriptor = descriptor;
        engine.resources().onClose(() -> dnnl.dnnl_primitive_desc_destroy(descriptor));
        check(dnnl.dnnl_primitive_create(primitive, descriptor), "dnnl_primitive_create");
        engine.resources().onClose(() -> dnnl.dnnl_primitive_destroy(primitive));
        engine.workspaces().atLeast(layout(dnnl.dnnl_query_scratchpad_md).bytes());
    }

    /** A copy of a tensor into another layout. */
    static DnnlPrimitive reorder(DnnlEngine engine, String label, DnnlLayout from, DnnlLayout to) {
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        dnnl_primitive_attr attributes = DnnlAttributes.plain(engine, label);
        DnnlStatus.check(
                dnnl.dnnl_reorder_primitive_desc_create(
                        descriptor, from.descriptor(), engine.handle(), to.descriptor(), engine.handle(), attributes),
                "dnnl_reorder_primitive_desc_create",
                label);
        return new DnnlPrimitive(engine, label, descriptor);
    }

    DnnlEngine engine() {
        return engine;
    }

    /** The descriptor, which backward primitives take as a hint. */
    dnnl_primitive_desc descriptor() {
        return descriptor;
    }

    /** The layout that the primitive has chosen for one of its tensors, such as {@code dnnl_query_weights_md}. */
    DnnlLayout layout(int query) {
        dnnl_memory_desc found = dnnl.dnnl_primitive_desc_query_md(descriptor, query, 0);
        check(found == null ? dnnl.dnnl_invalid_arguments : dnnl.dnnl_success, "dnnl_primitive_desc_query_md");
        return DnnlLayout.borrowed(found);
    }

    /** oneDNN's name of the implementation, such as {@code jit:avx512_core}. */
    String implementation() {
        try (PointerPointer<BytePointer> answer = new PointerPointer<>(1)) {
            check(
                    dnnl.dnnl_primitive_desc_query(descriptor, dnnl.dnnl_query_impl_info_str, 0, answer),
                    "dnnl_primitive_desc_query");
            return answer.get(BytePointer.class).getString();
        }
    }

    /** Memory of that layout, with no data yet. */
    dnnl_memory memory(DnnlLayout layout) {
        dnnl_memory memory = new dnnl_memory();
        check(
                dnnl.dnnl_memory_create(memory, layout.descriptor(), engine.handle(), (Pointer) null),
                "dnnl_memory_create");
        engine.resources().onClose(() -> dnnl.dnnl_memory_destroy(memory));
        return memory;
    }

    void execute(int count, dnnl_exec_arg_t arguments) {
        check(dnnl.dnnl_primitive_execute(primitive, engine.stream(), count, arguments), "dnnl_primitive_execute");
    }

    void check(int status, String call) {
        DnnlStatus.check(status, call, label);
    }
}
