package dev.convoke.report.published;

import java.util.List;
import java.util.OptionalDouble;

/**
 * One run of the original notebook.
 *
 * @param name as the built-in suites call it
 * @param learningRate of its optimizer
 * @param dropout rate before the last layer; empty where the run had no dropout
 * @param parameterCount as Keras printed it
 * @param history epoch after epoch
 * @param classes by class, in order
 */
public record PublishedRun(
        String name,
        double learningRate,
        OptionalDouble dropout,
        int parameterCount,
        List<PublishedEpoch> history,
        List<PublishedClass> classes) {
    public PublishedRun {
        history = List.copyOf(history);
        classes = List.copyOf(classes);
    }
}
