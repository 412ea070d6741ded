package dev.convoke.backend.cpu;

import dev.convoke.plan.Op;
import dev.convoke.plan.Segment;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A layer's bias for kernels that always add one: zeros, and a gradient that nothing reads, where the layer has none.
 *
 * @param values {@code [F]}
 * @param gradient {@code [F]}
 */
record CpuBias(FloatPointer values, FloatPointer gradient) {
    static CpuBias of(CpuContext context, Op op, int filters) {
        Segment bias = op.bias();
        if (bias != null) {
            return new CpuBias(
                    context.parameters().of(bias), context.gradients().of(bias));
        }
        long bytes = (long) filters * Float.BYTES;
        String name = op.name() + " without bias";
        return new CpuBias(
                new FloatPointer(context.resources().allocate(name, bytes)),
                new FloatPointer(context.resources().allocate(name, bytes)));
    }
}
