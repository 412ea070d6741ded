package dev.convoke.backend.cpu;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** One compiled oneDNN primitive and its arguments, bound once: executing makes nothing. */
final class DnnlPrimitive {
    private static final int MOST_ARGUMENTS = 8;

    private final DnnlEngine engine;
    private final String label;
    private final dnnl_primitive_desc descriptor;
    private final dnnl_primitive primitive = new dnnl_primitive();
    private final dnnl_exec_arg_t arguments;
    private int bound;

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
        arguments = engine.resources().own(new dnnl_exec_arg_t(MOST_ARGUMENTS));
        bindScratch();
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

    /** oneDNN's own name of the code that serves, such as {@code jit:avx512_core}. */
    String implementation() {
        try (PointerPointer<BytePointer> answer = new PointerPointer<>(1)) {
            check(
                    dnnl.dnnl_primitive_desc_query(descriptor, dnnl.dnnl_query_impl_info_str, 0, answer),
                    "dnnl_primitive_desc_query");
            return answer.get(BytePointer.class).getString();
        }
    }

    /** Binds {@code argument}, such as {@code DNNL_ARG_SRC}, to memory that is there. */
    DnnlPrimitive bind(int argument, DnnlLayout layout, Pointer data) {
        setData(add(argument, layout), data);
        return this;
    }

    /** Binds {@code argument} to memory that has yet to get its place. */
    DnnlPrimitive bind(int argument, DnnlLayout layout, CpuBuffer buffer) {
        dnnl_memory memory = add(argument, layout);
        buffer.whenPlaced(place -> setData(memory, place));
        return this;
    }

    void execute() {
        check(dnnl.dnnl_primitive_execute(primitive, engine.stream(), bound, arguments), "dnnl_primitive_execute");
    }

    private void bindScratch() {
        DnnlLayout scratch = layout(dnnl.dnnl_query_scratchpad_md);
        if (scratch.bytes() > 0) {
            CpuBuffer shared = engine.scratch().atLeast(scratch.bytes()).buffer();
            bind(dnnl.DNNL_ARG_SCRATCHPAD, scratch, shared);
        }
    }

    private dnnl_memory add(int argument, DnnlLayout layout) {
        dnnl_memory memory = new dnnl_memory();
        check(
                dnnl.dnnl_memory_create(memory, layout.descriptor(), engine.handle(), (Pointer) null),
                "dnnl_memory_create");
        engine.resources().onClose(() -> dnnl.dnnl_memory_destroy(memory));
        arguments.position(bound++).arg(argument).memory(memory);
        arguments.position(0);
        return memory;
    }

    private void setData(dnnl_memory memory, Pointer data) {
        check(dnnl.dnnl_memory_set_data_handle(memory, data), "dnnl_memory_set_data_handle");
    }

    private void check(int status, String call) {
        DnnlStatus.check(status, call, label);
    }
}
