package dev.convoke.stray;

/** Lies in no layer, so that the rule of layers has something to find. */
public final class PlantedStray {}
