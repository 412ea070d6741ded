package dev.convoke.sweep;

import dev.convoke.model.Loss;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Losses: a word or a map with a name and constants. Label smoothing is a parameter of its own too, which holds for the losses
 * that take one unless the map says it.
 */
final class LossForm {
    private static final String SMOOTHING = "label_smoothing";
    private static final String WEIGHTS = "class_weights";
    /** A loss is read once for some number of classes, so that what cannot be is said while its line is known. */
    private static final int SOME_CLASSES = 10;

    private LossForm() {}

    /**
     * A loss for a number of classes.
     *
     * @param smoothing the parameter {@code label_smoothing}
     */
    static IntFunction<Loss> read(Setting setting, Setting smoothing) {
        SettingFields fields =
                SettingFields.of(setting, "name", Loss.Kind.texts()).withUsual(SMOOTHING, smoothing);
        Loss.Kind kind = Loss.Kind.of(fields.kind());
        SettingFields trial =
                fields.withOutputs(classes(setting.isMap() ? setting.map().get(WEIGHTS) : null));
        trial.read(kind::read);
        if (smoothing.number() != 0 && !trial.wasAsked(SMOOTHING)) {
            throw smoothing.error("the loss " + fields.kind() + " smooths no labels; leave it out, or choose "
                    + Loss.Kind.SOFTMAX_CROSS_ENTROPY.text());
        }
        return classes -> fields.withOutputs(classes).read(kind::read);
    }

    /** The loss of a saved model, which says how many outputs there are. */
    static Loss saved(Setting setting) {
        SettingFields fields = SettingFields.of(setting, "name", Loss.Kind.texts());
        Loss.Kind kind = Loss.Kind.of(fields.kind());
        return fields.withOutputs(fields.count("outputs")).read(kind::read);
    }

    private static int classes(@Nullable Setting weights) {
        return weights == null || !weights.isList()
                ? SOME_CLASSES
                : weights.list().size();
    }
}
