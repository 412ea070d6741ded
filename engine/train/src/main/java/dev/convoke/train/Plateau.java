package dev.convoke.train;

import java.util.List;

/**
 * When to lower the learning rate of a run that has stopped to improve, as Keras' {@code ReduceLROnPlateau} of 2.8 and 3 does:
 * after {@code patience} epochs without improvement the rate is multiplied by {@code factor}.
 *
 * @param monitor the figure watched
 * @param factor below 1
 * @param patience epochs without improvement that are borne
 * @param minDelta what counts as improvement
 * @param cooldown epochs after a change that do not count
 * @param minimum the rate is not lowered beyond this
 */
public record Plateau(
        EarlyStopping.Monitor monitor, double factor, int patience, double minDelta, int cooldown, double minimum) {
    public Plateau {
        if (!(factor > 0 && factor < 1)) {
            throw new IllegalArgumentException("factor must be in (0, 1), not " + factor);
        }
        if (patience < 0 || cooldown < 0) {
            throw new IllegalArgumentException("patience and cooldown must not be negative");
        }
        if (!(minDelta >= 0) || !(minimum >= 0)) {
            throw new IllegalArgumentException("min_delta and minimum must not be negative");
        }
    }

    /**
     * The factor of the schedule's rates after {@code history}: 1 until the first plateau. It depends on the metrics only,
     * so that a resumed run continues with the same factor.
     */
    double scaleAfter(List<EpochMetrics> history) {
        double scale = 1;
        double best = monitor.worst();
        int waited = 0;
        int cooling = 0;
        for (EpochMetrics epoch : history) {
            double value = monitor.of(epoch);
            if (cooling > 0) {
                cooling--;
                waited = 0;
            }
            if (monitor.improves(value, best, minDelta)) {
                best = value;
                waited = 0;
            } else if (cooling == 0) {
                waited++;
                double rate = epoch.learningRate();
                if (waited >= patience && rate > minimum) {
                    scale *= rate * factor > minimum ? factor : minimum / rate;
                    cooling = cooldown;
                    waited = 0;
                }
            }
        }
        return scale;
    }
}
