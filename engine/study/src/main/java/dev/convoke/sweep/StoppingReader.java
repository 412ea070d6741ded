package dev.convoke.sweep;

import dev.convoke.settings.LocatedValue;
import dev.convoke.settings.SettingFields;
import dev.convoke.train.EarlyStopping;
import dev.convoke.train.EarlyStopping.Monitor;
import dev.convoke.train.Plateau;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads rules that monitor training, {@code none} or a map: early stopping and plateaus. */
final class StoppingReader {
    private static final int MAX_EPOCHS = 100_000;
    /** Keras' own: a network that improves by less has stopped to improve. */
    private static final double PLATEAU_DELTA = 1e-4;

    private StoppingReader() {}

    static Optional<EarlyStopping> earlyStopping(LocatedValue setting) {
        return setting.isNone()
                ? Optional.empty()
                : Optional.of(SettingFields.of(setting).read(StoppingReader::earlyStopping));
    }

    private static EarlyStopping earlyStopping(SettingFields fields) {
        Monitor monitor = fields.choice("monitor", Monitor.class, Monitor.VAL_LOSS);
        OptionalDouble target = number(fields.find("target"));
        LocatedValue patience = target.isPresent() ? fields.find("patience") : fields.require("patience");
        return new EarlyStopping(
                monitor,
                patience == null ? OptionalInt.empty() : OptionalInt.of(patience.positive(MAX_EPOCHS)),
                fields.number("min_delta", 0),
                fields.flag("restore_best", false),
                fields.count("from_epoch", 0, 0),
                number(fields.find("baseline")),
                target);
    }

    private static OptionalDouble number(@Nullable LocatedValue setting) {
        return setting == null || setting.isNone() ? OptionalDouble.empty() : OptionalDouble.of(setting.number());
    }

    static Optional<Plateau> plateau(LocatedValue setting) {
        return setting.isNone()
                ? Optional.empty()
                : Optional.of(SettingFields.of(setting)
                        .read(fields -> new Plateau(
                                fields.choice("monitor", Monitor.class, Monitor.VAL_LOSS),
                                fields.number("factor", 0.1),
                                fields.count("patience", 0, 10),
                                fields.number("min_delta", PLATEAU_DELTA),
                                fields.count("cooldown", 0, 0),
                                fields.number("minimum", 0))));
    }
}
