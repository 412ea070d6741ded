package dev.convoke.backend;

import dev.convoke.model.ModelSpec;

/**
 * A network with the op in question somewhere behind weights, so that its input's gradient counts too.
 *
 * @param classes whether the images have classes, whatever the loss wants
 */
public record OpCase(String name, ModelSpec model, int batch, boolean classes) {
    /** With targets such as the loss wants. */
    public OpCase(String name, ModelSpec model, int batch) {
        this(name, model, batch, false);
    }

    /** Plain SGD on {@code count} images. */
    public Scenario scenario(int count) {
        Scenario scenario = Scenario.of(model, batch, count);
        return classes ? scenario.with(Pictures.random(model.input(), model.outputs(), count)) : scenario;
    }

    @Override
    public String toString() {
        return name + ", batch " + batch;
    }
}
