package dev.convoke.train;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.NamedTensors;

/**
 * The result of a finished run.
 *
 * @param state parameters, statistics and optimizer state of the final epoch
 * @param steps optimizer updates so far, including those of the runs that it continues
 * @param epochs epochs so far, likewise
 * @param test evaluation on the test set
 */
public record FinalModel(NamedTensors state, long steps, int epochs, Evaluation test) {}
