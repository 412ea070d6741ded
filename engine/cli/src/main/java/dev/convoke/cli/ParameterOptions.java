package dev.convoke.cli;

import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.Overrides;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Parameters that override those of every run. */
final class ParameterOptions {
    @Option(names = "--epochs", paramLabel = "N", description = "Epochs of every run.")
    @Nullable Integer epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images per step.")
    @Nullable Integer batchSize;

    @Option(names = "--learning-rate", paramLabel = "RATE", description = "Learning rate of every run.")
    @Nullable Double learningRate;

    @Option(names = "--dropout", paramLabel = "RATE", description = "Dropout rate of every run, or none.")
    @Nullable String dropout;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any parameter by its key in a suite: --set optimizer=sgd --set augmentation.rotation=10.")
    List<String> others = new ArrayList<>();

    /** The overrides by their keys in a suite. */
    Map<String, Object> overrides() {
        Map<String, Object> overrides = new LinkedHashMap<>();
        for (String other : others) {
            Map.Entry<String, Object> entry = Overrides.parse(other);
            put(overrides, entry.getKey(), entry.getValue());
        }
        put(overrides, "epochs", epochs);
        put(overrides, "batch_size", batchSize);
        put(overrides, "learning_rate", learningRate);
        put(
                overrides,
                "dropout",
                dropout == null ? null : Overrides.parse("dropout=" + dropout).getValue());
        return overrides;
    }

    private static void put(Map<String, Object> overrides, String key, @Nullable Object value) {
        if (value != null && overrides.put(key, value) != null) {
            throw new ConfigurationException("command line: " + key + " is given twice");
        }
    }
}
