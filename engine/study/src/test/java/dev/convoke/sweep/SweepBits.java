package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convoke.train.EpochMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Compares sweeps to the bit. */
public final class SweepBits {
    private SweepBits() {}

    /** Asserts that every trial of {@code actual} has the figures and the model file that it has in {@code expected}. */
    public static void assertSame(SweepResults expected, Path expectedOut, SweepResults actual, Path actualOut)
            throws IOException {
        for (SweepResults.RunResults run : actual.runs()) {
            assertEquals(timeless(expected, run.name()), timeless(actual, run.name()), run.name());
            for (SweepResults.SeedResults seed : run.seeds()) {
                String model = "runs/" + run.name() + "/seed-" + seed.seed() + "/model.safetensors";
                assertArrayEquals(
                        Files.readAllBytes(expectedOut.resolve(model)),
                        Files.readAllBytes(actualOut.resolve(model)),
                        model);
            }
        }
    }

    /** Everything of a run's seeds but the wall time. */
    static List<SweepResults.SeedResults> timeless(SweepResults results, String run) {
        return results.run(run).orElseThrow().seeds().stream()
                .map(SweepBits::timeless)
                .toList();
    }

    private static SweepResults.SeedResults timeless(SweepResults.SeedResults seed) {
        List<EpochMetrics> epochs = seed.epochs().stream()
                .map(epoch -> new EpochMetrics(
                        epoch.epoch(),
                        0,
                        epoch.learningRate(),
                        epoch.trainLoss(),
                        epoch.trainDataLoss(),
                        epoch.trainAccuracy(),
                        epoch.valLoss(),
                        epoch.valDataLoss(),
                        epoch.valAccuracy()))
                .toList();
        return new SweepResults.SeedResults(
                seed.seed(),
                seed.status(),
                seed.message(),
                0,
                epochs,
                seed.bestEpoch(),
                seed.stoppedEarly(),
                seed.finalEpoch(),
                seed.test());
    }
}
