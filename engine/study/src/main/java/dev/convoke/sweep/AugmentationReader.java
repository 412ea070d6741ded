package dev.convoke.sweep;

import dev.convoke.pipeline.Augmentation;
import dev.convoke.settings.LocatedValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the augmentation: {@code none}, or a map of transformations. */
final class AugmentationReader {
    private static final List<String> KEYS = List.of(
            "rotation",
            "width_shift",
            "height_shift",
            "shear",
            "zoom",
            "horizontal_flip",
            "vertical_flip",
            "center",
            "erasing",
            "elastic");
    private static final List<String> ERASING = List.of("probability", "area", "aspect", "value");
    private static final List<String> ELASTIC = List.of("alpha", "sigma");

    private AugmentationReader() {}

    static Augmentation read(LocatedValue setting) {
        if (setting.isNone()) {
            return Augmentation.NONE;
        }
        Map<String, LocatedValue> entries = setting.map(KEYS);
        double[] zoom = zoom(entries.get("zoom"));
        LocatedValue center = entries.get("center");
        return setting.check(() -> new Augmentation(
                number(entries, "rotation", 0),
                number(entries, "width_shift", 0),
                number(entries, "height_shift", 0),
                number(entries, "shear", 0),
                zoom[0],
                zoom[1],
                flag(entries, "horizontal_flip"),
                flag(entries, "vertical_flip"),
                center == null ? Augmentation.Center.KERAS : center.constant(Augmentation.Center.class),
                erasing(entries.get("erasing")),
                elastic(entries.get("elastic"))));
    }

    /** A number {@code z} means {@code [1 - z, 1 + z]}, as in Keras. */
    private static double[] zoom(@Nullable LocatedValue setting) {
        if (setting == null) {
            return new double[] {1, 1};
        }
        return setting.isList() ? pair(setting) : new double[] {1 - setting.number(), 1 + setting.number()};
    }

    private static double[] pair(LocatedValue setting) {
        if (setting.list().size() != 2) {
            throw setting.error("expected two numbers, [low, high]");
        }
        return new double[] {
            setting.list().get(0).number(), setting.list().get(1).number()
        };
    }

    private static Augmentation.Erasing erasing(@Nullable LocatedValue setting) {
        Augmentation.Erasing usual = Augmentation.Erasing.NONE;
        if (setting == null || setting.isNone()) {
            return usual;
        }
        Map<String, LocatedValue> entries = setting.map(ERASING);
        LocatedValue area = entries.get("area");
        double[] range = area == null ? new double[] {usual.areaLow(), usual.areaHigh()} : pair(area);
        return setting.check(() -> new Augmentation.Erasing(
                number(entries, "probability", 0.5),
                range[0],
                range[1],
                number(entries, "aspect", usual.aspect()),
                number(entries, "value", usual.value())));
    }

    private static Augmentation.Elastic elastic(@Nullable LocatedValue setting) {
        if (setting == null || setting.isNone()) {
            return Augmentation.Elastic.NONE;
        }
        Map<String, LocatedValue> entries = setting.map(ELASTIC);
        LocatedValue alpha = entries.get("alpha");
        if (alpha == null) {
            throw setting.error("needs 'alpha', the displacement in pixels");
        }
        return setting.check(() ->
                new Augmentation.Elastic(alpha.number(), number(entries, "sigma", Augmentation.Elastic.NONE.sigma())));
    }

    private static double number(Map<String, LocatedValue> entries, String key, double otherwise) {
        LocatedValue setting = entries.get(key);
        return setting == null ? otherwise : setting.number();
    }

    private static boolean flag(Map<String, LocatedValue> entries, String key) {
        LocatedValue setting = entries.get(key);
        return setting != null && setting.flag();
    }
}
