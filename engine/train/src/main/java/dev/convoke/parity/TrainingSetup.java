package dev.convoke.parity;

import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.pipeline.Augmentation;

/**
 * The training that is compared.
 *
 * @param model the network
 * @param optimizer update rule
 * @param schedule learning rate by step
 * @param augmentation of the training images
 * @param batch images a step
 * @param images the training set; enough of them for one epoch of all steps
 * @param seed of weights, order, masks and augmentation
 */
public record TrainingSetup(
        ModelSpec model,
        Optimizer optimizer,
        Schedule schedule,
        Augmentation augmentation,
        int batch,
        ImageSet images,
        long seed) {}
