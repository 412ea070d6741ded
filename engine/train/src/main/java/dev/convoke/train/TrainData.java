package dev.convoke.train;

import dev.convoke.datasets.ImageSet;

/**
 * The images of one run.
 *
 * @param training used to update the weights
 * @param validation evaluated after every epoch
 * @param test evaluated at the end; the same object as {@code validation} if the test set is used for both
 */
public record TrainData(ImageSet training, ImageSet validation, ImageSet test) {
    /** Whether the run's choices see the test set. */
    public boolean validatesOnTest() {
        return validation == test;
    }
}
