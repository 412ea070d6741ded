package dev.convoke.sweep;

import dev.convoke.model.Loss;
import dev.convoke.train.TrainConfig;
import java.util.function.IntFunction;

/**
 * A run's parameters, understood and checked: all but the data set's shape.
 *
 * @param network the layers
 * @param loss for a number of classes
 * @param training how the network is trained
 */
public record RunSettings(NetworkSettings network, IntFunction<Loss> loss, TrainConfig training) {}
