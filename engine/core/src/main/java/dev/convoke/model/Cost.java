package dev.convoke.model;

/**
 * What a layer computes for one image, in floating-point operations of the textbook's loops over whole tensors, two for a
 * multiply-add.
 *
 * @param products of the forward pass, what a summary counts: convolutions, dense layers, normalization; 0 for the rest
 * @param forward of the forward pass, everything counted
 * @param backwardInput of the gradient of what the layer reads, where that is wanted
 * @param backwardParameters of the rest of the backward pass
 * @param output whether the backward pass reads the output (or the input in its place) to see which gradients pass
 */
public record Cost(long products, double forward, double backwardInput, double backwardParameters, boolean output) {
    /** Of a layer that touches each of {@code values} values once in either pass. */
    static Cost elementwise(int values, boolean output) {
        return new Cost(0, values, 0, values, output);
    }

    /** Of a layer of products: as many for each gradient as forward. */
    static Cost products(long products) {
        return new Cost(products, (double) products, (double) products, (double) products, false);
    }
}
