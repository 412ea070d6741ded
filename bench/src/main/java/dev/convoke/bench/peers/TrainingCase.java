package dev.convoke.bench.peers;

import java.nio.file.Path;
import java.util.Map;

/**
 * Steps that every peer trains.
 *
 * @param run name of the run whose network it is
 * @param batch images a step
 * @param state of the weights before the first step
 * @param steps steps of a pass
 * @param file the {@link dev.convoke.peers.Workload}
 * @param liveWindows share of the pooling windows whose maximum is above 0, by pooling layer, on the first batch
 */
record TrainingCase(String run, int batch, WeightState state, int steps, Path file, Map<String, Double> liveWindows) {}
