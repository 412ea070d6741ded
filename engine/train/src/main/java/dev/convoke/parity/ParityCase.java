package dev.convoke.parity;

import dev.convoke.model.ModelSpec;

/**
 * A network whose step is compared.
 *
 * @param name of the case
 * @param model the op under test, with weights before it, so that the gradient of its input is needed
 * @param batch images
 */
public record ParityCase(String name, ModelSpec model, int batch) {}
