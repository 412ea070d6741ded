package dev.convoke.pipeline;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.convoke.datasets.ImageSet;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A case of augmentation.json, which src/test/python/augmentation_golden.py writes. */
public final class GoldenAugmentation {
    private final Map<?, ?> fields;

    private GoldenAugmentation(Map<?, ?> fields) {
        this.fields = fields;
    }

    public static Stream<GoldenAugmentation> cases() throws IOException {
        try (InputStream in = GoldenAugmentation.class.getResourceAsStream("augmentation.json")) {
            Map<String, Object> all = JSON.std.mapFrom(Objects.requireNonNull(in));
            return ((List<?>) all.get("cases")).stream().map(each -> new GoldenAugmentation((Map<?, ?>) each));
        }
    }

    double number(String field) {
        return ((Number) fields.get(field)).doubleValue();
    }

    Augmentation.Center center() {
        return Augmentation.Center.valueOf((String) fields.get("center"));
    }

    /** Six numbers, as {@link Warp} gives them. */
    public double[] coefficients() {
        return numbers("coefficients");
    }

    public int flips() {
        return ((Boolean) fields.get("flipHorizontal") ? Warp.FLIP_HORIZONTAL : 0)
                | ((Boolean) fields.get("flipVertical") ? Warp.FLIP_VERTICAL : 0);
    }

    /** One image. */
    public ImageSet images() {
        double[] picture = numbers("picture");
        byte[] pixels = new byte[picture.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) picture[i];
        }
        return new ImageSet(
                (int) number("height"), (int) number("width"), (int) number("channels"), pixels, new byte[1]);
    }

    /** The picture after the transform, {@code [C, H, W]}, in [0, 1]. */
    public double[] expected() {
        double[] lastAxis = numbers("expected"); // [H, W, C]
        int channels = (int) number("channels");
        int pixels = lastAxis.length / channels;
        double[] canonical = new double[lastAxis.length];
        for (int i = 0; i < lastAxis.length; i++) {
            canonical[i % channels * pixels + i / channels] = lastAxis[i];
        }
        return canonical;
    }

    private double[] numbers(String field) {
        return ((List<?>) fields.get(field))
                .stream().mapToDouble(each -> ((Number) each).doubleValue()).toArray();
    }

    @Override
    public String toString() {
        return (String) fields.get("name");
    }
}
