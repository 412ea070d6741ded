package dev.convoke.settings;

import dev.convoke.model.Loss;
import java.util.function.IntFunction;

/**
 * Losses: a word or a map with a name and constants. Label smoothing is a parameter of its own too, which holds for the losses
 * that take one unless the map says it.
 */
public final class LossReader {
    private static final String SMOOTHING = "label_smoothing";
    private static final String WEIGHTS = "class_weights";
    /** A loss is read once for some number of classes, so that what cannot be is said while its line is known. */
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

    /** The loss of a saved model, which says how many outputs there are. */
    public static Loss saved(LocatedValue setting) {
        SettingFields fields = SettingFields.of(setting, "name", Loss.Kind.texts());
        return fields.withOutputs(fields.count("outputs")).read(kind(fields)::read);
    }
}
