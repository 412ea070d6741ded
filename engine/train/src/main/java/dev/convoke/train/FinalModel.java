package dev.convoke.train;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;

/**
 * What a finished run hands on.
 *
 * @param state parameters, statistics and optimizer state of the final epoch
 * @param steps updates of the optimizer behind it, those of the runs that it continues included
 * @param epochs epochs behind it, likewise
 * @param test the test set, answered with it
 */
public record FinalModel(NamedTensors state, long steps, int epochs, Evaluation test) {}
