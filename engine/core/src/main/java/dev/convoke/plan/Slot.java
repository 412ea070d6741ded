package dev.convoke.plan;

import dev.convoke.model.ImageShape;

/**
 * A tensor between two ops.
 *
 * @param id place in {@link Plan#slots()}
 * @param name the layer that writes it, {@code input} for the first
 * @param shape one image's values; a batch has {@link Plan#batch()} of them
 */
public record Slot(int id, String name, ImageShape shape) {}
