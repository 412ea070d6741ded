package dev.convoke.model;

import dev.convoke.train.Cancellation;

/** Points the wrong way, so that the rule of layers has something to find. */
public final class PlantedUpwardArrow {
    final Cancellation cancellation = new Cancellation();
}
