package dev.convoke.examples;

import dev.convoke.Classifier;
import dev.convoke.Network;
import dev.convoke.Prediction;
import dev.convoke.Training;
import dev.convoke.TrainingRun;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.model.ModelSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains a small network on the bundled digits, saves it, loads it and classifies the test images.
 *
 * <pre>
 * java -cp 'engine/examples/target/classes:engine/examples/target/lib/*' dev.convoke.examples.Digits digits.safetensors
 * </pre>
 */
public final class Digits {
    private Digits() {}

    /** The file to write is the argument. */
    public static void main(String[] arguments) {
        Path file = Path.of(arguments.length == 1 ? arguments[0] : "digits.safetensors");
        Dataset digits = Datasets.load("digits");
        ModelSpec network =
                Network.of(digits).convolution(8).relu().maxPooling().build();
        TrainingRun run =
                Training.of(network, digits).adam(0.001).epochs(5).keepBest().run();
        System.out.println(run);
        run.save(file);

        try (Classifier classifier = Classifier.load(file)) {
            List<Prediction> predictions = classifier.classify(digits.test());
            Prediction first = predictions.get(0);
            System.out.println("the first test image: " + first + ", then " + first.top(3));
        }
    }
}
