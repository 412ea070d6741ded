package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Buffer;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A primitive with its arguments, bound once: execution allocates no memory. */
final class DnnlCall {
    private static final int MOST_ARGUMENTS = 8;

    private final DnnlPrimitive primitive;
    private final dnnl_exec_arg_t arguments;
    private final @Nullable dnnl_memory scratch;
    private int bound;

    DnnlCall(DnnlPrimitive primitive) {
        this.primitive = primitive;
        arguments = primitive.engine().resources().own(new dnnl_exec_arg_t(MOST_ARGUMENTS));
        DnnlLayout layout = primitive.layout(dnnl.dnnl_query_scratchpad_md);
        scratch = layout.bytes() > 0 ? add(dnnl.DNNL_ARG_SCRATCHPAD, layout) : null;
    }

    /** Binds {@code argument}, such as {@code DNNL_ARG_SRC}, to memory that is there. */
    DnnlCall bind(int argument, DnnlLayout layout, Pointer data) {
        setData(add(argument, layout), data);
        return this;
    }

    /** Binds {@code argument} to memory, {@code offset} bytes from its start, that has yet to get its place. */
    DnnlCall bind(int argument, DnnlLayout layout, Buffer buffer, long offset) {
        dnnl_memory memory = add(argument, layout);
        buffer.whenPlaced(place -> setData(memory, place.getPointer(offset)));
        return this;
    }

    /** Runs it, with scratch memory that no other call uses at the time. */
    void execute(BytePointer workspace) {
        if (scratch != null) {
            setData(scratch, workspace);
        }
        primitive.execute(bound, arguments);
    }

    private dnnl_memory add(int argument, DnnlLayout layout) {
        dnnl_memory memory = primitive.memory(layout);
        arguments.position(bound++).arg(argument).memory(memory);
        arguments.position(0);
        return memory;
    }

    private void setData(dnnl_memory memory, Pointer data) {
        primitive.check(dnnl.dnnl_memory_set_data_handle(memory, data), "dnnl_memory_set_data_handle");
    }
}
