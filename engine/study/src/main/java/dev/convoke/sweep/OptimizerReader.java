package dev.convoke.sweep;

import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule.Clipping;
import dev.convoke.settings.LocatedValue;
import dev.convoke.settings.SettingFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads optimizers, schedules and clipping, each a word or a map with a name and constants. */
final class OptimizerReader {
    private static final String NAME = "name";
    private static final List<String> SCHEDULES =
            List.of("constant", "step", "exponential", "cosine", "one_cycle", "warm_up");

    private OptimizerReader() {}

    static Optimizer optimizer(LocatedValue setting) {
        SettingFields fields = SettingFields.of(setting, NAME, Optimizer.Kind.texts());
        return fields.read(Optimizer.Kind.of(fields.kind())::read);
    }

    /** @param rate of the whole, or the highest one */
    static Schedule schedule(LocatedValue setting, double rate) {
        return SettingFields.of(setting, NAME, SCHEDULES).read(fields -> switch (fields.kind()) {
            case "constant" -> new Schedule.Constant(rate);
            case "step" -> new Schedule.Step(rate, fields.count("epochs"), fields.number("factor", 0.1));
            case "exponential" -> new Schedule.Exponential(rate, fields.number("decay"));
            case "cosine" -> new Schedule.Cosine(rate, fields.number("minimum", 0));
            case "one_cycle" ->
                new Schedule.OneCycle(
                        rate,
                        fields.number("rise", 0.3),
                        fields.number("start_divisor", 25),
                        fields.number("end_divisor", 1e4));
            default -> new Schedule.WarmUp(fields.count("steps"), then(fields.find("then"), rate));
        });
    }

    private static Schedule then(@Nullable LocatedValue setting, double rate) {
        return setting == null ? new Schedule.Constant(rate) : schedule(setting, rate);
    }

    /** {@code none}, {@code {value: x}} or {@code {norm: x}}. */
    static Clipping clipping(LocatedValue setting) {
        return setting.isNone()
                ? Clipping.NONE
                : SettingFields.of(setting).read(fields -> {
                    Clipping clipping = new Clipping(fields.number("value", 0), fields.number("norm", 0));
                    if (clipping.equals(Clipping.NONE)) {
                        throw setting.error("needs 'value' or 'norm' above 0; write none for no clipping");
                    }
                    return clipping;
                });
    }
}
