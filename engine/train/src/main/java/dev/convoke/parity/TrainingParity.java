package dev.convoke.parity;

import java.util.List;

/**
 * Training steps on the device and on the oracle, side by side.
 *
 * @param name steps and optimizer
 * @param deviceLosses mean data loss of each step
 * @param oracleLosses the oracle's
 * @param rows what was compared
 */
public record TrainingParity(String name, List<Double> deviceLosses, List<Double> oracleLosses, List<ParityRow> rows) {
    public TrainingParity {
        deviceLosses = List.copyOf(deviceLosses);
        oracleLosses = List.copyOf(oracleLosses);
        rows = List.copyOf(rows);
    }
}
