package dev.convoke.report.claims;

import dev.convoke.model.Layer;
import dev.convoke.report.measure.FlatSettings;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.Optional;

/** What a run's settings say of the techniques that the claims are about. */
final class Settings {
    private Settings() {}

    static boolean hasDropout(RunResults run) {
        Object rate = run.parameters().get("dropout");
        if (rate instanceof Number number) {
            return number.doubleValue() > 0;
        }
        return rate == null && hasLayer(run, Layer.Group.DROPOUT);
    }

    static boolean hasBatchNormalization(RunResults run) {
        return hasLayer(run, Layer.Group.NORMALIZATION);
    }

    static boolean hasEarlyStopping(RunResults run) {
        return run.seeds().stream().anyMatch(seed -> seed.stoppedEarly())
                || FlatSettings.of(run).entrySet().stream()
                        .anyMatch(setting -> isPatience(setting.getKey())
                                && setting.getValue() instanceof Number number
                                && number.doubleValue() > 0);
    }

    private static boolean isPatience(String key) {
        return key.equals("early_stopping.patience");
    }

    private static boolean hasLayer(RunResults run, Layer.Group group) {
        return run.layers().stream().anyMatch(layer -> layer.group().equals(Optional.of(group)));
    }
}
