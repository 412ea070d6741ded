package dev.convoke.model;

/**
 * Work of a layer for one image, in floating-point operations of the textbook algorithm on complete tensors, two per
 * multiply-add.
 *
 * @param products of the forward pass, as counted in summaries: convolutions, dense layers, normalization; 0 for others
 * @param forward of the forward pass, complete
 * @param backwardInput of the gradient of the input, if it is needed
 * @param backwardParameters of the rest of the backward pass
 * @param output whether the backward pass reads the output (or the input instead) to determine which gradients pass
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
