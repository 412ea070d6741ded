package dev.convoke.backend.cpu;

import dev.convoke.plan.Precision;
import org.bytedeco.dnnl.global.dnnl;

/** Number format of a tensor. */
enum DnnlFormat {
    FLOAT32,
    /** The upper half of a float32, rounded to nearest. */
    BFLOAT16;

    /** What the operands of convolutions and dense layers are rounded to. */
    static DnnlFormat ofOperands(Precision precision) {
        return precision == Precision.BFLOAT16 ? BFLOAT16 : FLOAT32;
    }

    int code() {
        return this == BFLOAT16 ? dnnl.dnnl_bf16 : dnnl.dnnl_f32;
    }
}
