package dev.convoke.settings;

import dev.convoke.model.Loss;
import java.util.function.IntFunction;

/**
 * Reads a loss: a word, or a map with a name and constants. The separate parameter for label smoothing applies to losses
 * that support it, unless the map has its own value.
 */
public final class LossReader {
    private static final String SMOOTHING = "label_smoothing";
    private static final String WEIGHTS = "class_weights";
    /** A loss is also read once for an arbitrary number of classes, so that errors are reported while its line is known. */
    private static final int SOME_CLASSES = 10;

    private LossReader() {}

    /**
     * A loss for a number of classes.
     *
     * @param smoothing the parameter {@code label_smoothing}
     */
    public static IntFunction<Loss> read(LocatedValue setting, LocatedValue smoothing) {
        example(setting, smoothing);
        SettingFields fields = fields(setting, smoothing);
        return classes -> fields.withOutputs(classes).read(kind(fields)::read);
    }

    /** The loss for some number of classes, with all that does not depend on that. */
    public static Loss example(LocatedValue setting, LocatedValue smoothing) {
        LocatedValue weights = setting.isMap() ? setting.map().get(WEIGHTS) : null;
        SettingFields fields = fields(setting, smoothing)
                .withOutputs(
                        weights != null && weights.isList() ? weights.list().size() : SOME_CLASSES);
        Loss loss = fields.read(kind(fields)::read);
        if (smoothing.number() != 0 && !fields.wasAsked(SMOOTHING)) {
            throw smoothing.error("the loss " + fields.kind() + " smooths no labels; leave it out, or choose "
                    + Loss.Kind.SOFTMAX_CROSS_ENTROPY.text());
        }
        return loss;
    }

    private static SettingFields fields(LocatedValue setting, LocatedValue smoothing) {
        return SettingFields.of(setting, "name", Loss.Kind.texts()).withUsual(SMOOTHING, smoothing);
    }

    private static Loss.Kind kind(SettingFields fields) {
        return Loss.Kind.of(fields.kind());
    }

    /** The loss of a saved model, which contains the number of outputs. */
    public static Loss saved(LocatedValue setting) {
        SettingFields fields = SettingFields.of(setting, "name", Loss.Kind.texts());
        return fields.withOutputs(fields.count("outputs")).read(kind(fields)::read);
    }
}
