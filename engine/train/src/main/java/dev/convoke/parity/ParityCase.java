package dev.convoke.parity;

import dev.convoke.model.ModelSpec;

/**
 * A network whose step is compared.
 *
 * @param name what it tries
 * @param model the op in question, with weights before it, so that the gradient of its input counts
 * @param batch images
 */
public record ParityCase(String name, ModelSpec model, int batch) {}
