package dev.convoke.plan;

/** Number format of activations and matrix products; master weights are float32 or wider in each. */
public enum Precision {
    FLOAT32,
    /** The reference backend only. */
    FLOAT64,
    /** Tensor-core products of float32 operands rounded to 10 bits: CUDA only. */
    TF32,
    BFLOAT16
}
