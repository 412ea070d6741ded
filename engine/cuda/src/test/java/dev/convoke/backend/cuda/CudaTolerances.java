package dev.convoke.backend.cuda;

import dev.convoke.backend.ContractTolerances;
import dev.convoke.backend.Tolerance;
import dev.convoke.plan.Precision;

/** How far the CUDA backend may be from the float64 oracle, by the precision that it computes in. */
final class CudaTolerances {
    /** Half a unit in the last place of a float32 just below 1. */
    private static final double FLOAT32 = 0x1p-24;

    /** The same of TF32, whose mantissa has 10 bits behind the point. */
    private static final double TF32 = 0x1p-11;

    /** The same of bfloat16, with 7 bits. */
    private static final double BFLOAT16 = 0x1p-8;

    private static final Tolerance CLOSE_ANSWERS =
            new Tolerance(0.2, "random pictures are answered by logits that lie as close as such roundings");

    private CudaTolerances() {}

    /** Of a run of some sixty steps, in which each step's differences act on all later ones. */
    static Tolerance run(Precision precision) {
        String reason = "sixty steps that go on from each other's roundings";
        return switch (precision) {
            case FLOAT32, FLOAT64 -> overall(4096 * FLOAT32, reason);
            case TF32 -> overall(48 * TF32, reason);
            case BFLOAT16 -> overall(48 * BFLOAT16, reason);
        };
    }

    static ContractTolerances of(Precision precision) {
        return switch (precision) {
            case FLOAT32, FLOAT64 -> float32();
            case TF32 -> tf32();
            case BFLOAT16 -> bfloat16();
        };
    }

    /** The same of networks of up to ten layers with batch normalization. */
    static ContractTolerances ofNetworks(Precision precision) {
        ContractTolerances each = of(precision);
        return switch (precision) {
            case FLOAT32, FLOAT64 -> each;
            case TF32 ->
                withGradients(
                        each,
                        overall(
                                768 * TF32,
                                "a single unit that is rounded to the other side of its ReLU is half of the largest gradient"
                                        + " ahead of it, and batch normalization of few values spreads it over all"));
            case BFLOAT16 ->
                withGradients(
                        each,
                        overall(
                                96 * BFLOAT16,
                                "of a layer's units about one in a hundred is rounded to the other side of its ReLU, and"
                                        + " what these let through adds up from layer to layer"));
        };
    }

    private static ContractTolerances withGradients(ContractTolerances others, Tolerance gradients) {
        return new ContractTolerances(
                others.pixels(), others.activations(), gradients, others.loss(), others.training(), others.answers());
    }

    private static ContractTolerances float32() {
        return new ContractTolerances(
                new Tolerance(64 * FLOAT32, "a coordinate of up to 16 pixels is rounded to 32 times what a pixel is"),
                new Tolerance(
                        1024 * FLOAT32,
                        "sums of up to 600 products, and batch normalization over 16 values divides by how little they vary"),
                new Tolerance(
                        1024 * FLOAT32,
                        "sums of up to 600 products of activations that are off themselves, and their cancellation in batch"
                                + " normalization"),
                new Tolerance(64 * FLOAT32, "a loss follows from logits that are that far off; the sum is float64"),
                new Tolerance(
                        1024 * FLOAT32,
                        "six steps, each with the roundings of a gradient, which Adam divides by its own size"));
    }

    private static ContractTolerances tf32() {
        return new ContractTolerances(
                new Tolerance(64 * FLOAT32, "pixels are float32: only products round to TF32"),
                overall(8 * TF32, "both factors of every product are rounded, in up to five layers"),
                overall(
                        192 * TF32,
                        "products of a forward and a backward pass, each of rounded factors; in a small layer a single unit"
                                + " that is rounded to the other side of its ReLU is that much of all"),
                new Tolerance(8 * TF32, "a loss follows from logits that are that far off"),
                overall(48 * TF32, "six steps along gradients of rounded factors, which Adam divides by their size"),
                CLOSE_ANSWERS);
    }

    private static ContractTolerances bfloat16() {
        return new ContractTolerances(
                new Tolerance(BFLOAT16, "a pixel is rounded once"),
                overall(8 * BFLOAT16, "every layer rounds what it reads, its kernel and what it gives"),
                overall(
                        48 * BFLOAT16,
                        "every layer rounds its gradients on the way back too, and batch normalization of four images"
                                + " leaves of them what does not cancel"),
                new Tolerance(8 * BFLOAT16, "a loss follows from logits that are that far off"),
                overall(24 * BFLOAT16, "six steps along such gradients, which Adam divides by their size"),
                CLOSE_ANSWERS);
    }

    private static Tolerance overall(double relative, String reason) {
        return new Tolerance(relative, reason, Tolerance.Measure.ROOT_MEAN_SQUARE);
    }
}
