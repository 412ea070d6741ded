package dev.convoke.train;

import dev.convoke.model.ImageShape;
import java.util.List;

/**
 * What a saved model says of itself, so that it can be used without the suite that made it.
 *
 * @param run name of the run
 * @param seed of the run
 * @param dataset name of the data that it was trained on
 * @param datasetDigest SHA-256 of them
 * @param model the network, as JSON in the form of a suite's {@code layers}
 * @param settings every parameter of the run, as JSON
 * @param input shape of one image
 * @param classNames in label order
 */
public record ModelCard(
        String run,
        long seed,
        String dataset,
        String datasetDigest,
        String model,
        String settings,
        ImageShape input,
        List<String> classNames) {
    public ModelCard {
        classNames = List.copyOf(classNames);
    }
}
