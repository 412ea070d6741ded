package dev.convoke.backend;

import dev.convoke.datasets.ImageSet;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Program;

/**
 * All that a backend needs to open a session.
 *
 * @param program the compiled plans
 * @param training images that {@link Session#train} visits
 * @param augmentation what happens to a training image
 * @param trial how the network is trained
 * @param execution threads, precision, kernels
 */
public record SessionRequest(
        Program program, ImageSet training, Augmentation augmentation, TrialSpec trial, Execution execution) {

    public SessionRequest {
        if (training.count() != program.trainingImages()) {
            throw new IllegalArgumentException("the program was compiled for " + program.trainingImages()
                    + " training images, not " + training.count());
        }
    }
}
