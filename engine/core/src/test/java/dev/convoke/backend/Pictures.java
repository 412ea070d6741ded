package dev.convoke.backend;

import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.Targets;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import java.util.SplittableRandom;

/** Made-up image sets. */
public final class Pictures {
    private static final long SEED = 4711;

    private Pictures() {}

    /** Noise with random labels: no two windows are alike, so that no maximum hangs on a rounding. */
    public static ImageSet random(ImageShape shape, int classes, int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] pixels = noise(random, shape, count);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(classes);
        }
        return new ImageSet(shape.height(), shape.width(), shape.channels(), pixels, labels);
    }

    /**
     * Noise with random targets of the kind that the model's loss wants: classes; labels that hold, do not, or hold by a part;
     * or numbers between -2 and 2.
     */
    public static ImageSet forModel(ModelSpec model, int count) {
        ImageShape shape = model.input();
        SplittableRandom random = new SplittableRandom(SEED);
        return switch (model.loss().target()) {
            case CLASS -> random(shape, model.outputs(), count);
            case LABELS -> numbered(random, shape, model.outputs(), count, () -> label(random));
            case VALUES -> numbered(random, shape, model.outputs(), count, () -> (float) random.nextDouble(-2, 2));
        };
    }

    private interface Numbers {
        float next();
    }

    private static ImageSet numbered(SplittableRandom random, ImageShape shape, int width, int count, Numbers numbers) {
        byte[] pixels = noise(random, shape, count);
        float[] values = new float[count * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.next();
        }
        Targets targets = new Targets.Values(width, values);
        return new ImageSet(shape.height(), shape.width(), shape.channels(), pixels, targets);
    }

    /** 0, 1, or now and then a number between them. */
    private static float label(SplittableRandom random) {
        return random.nextInt(4) == 0 ? (float) random.nextDouble() : random.nextInt(2);
    }

    private static byte[] noise(SplittableRandom random, ImageShape shape, int count) {
        byte[] pixels = new byte[count * shape.size()];
        random.nextBytes(pixels);
        return pixels;
    }

    /** Images that can be told apart: class k is bright in row k and dark elsewhere, with some noise. */
    public static ImageSet stripes(ImageShape shape, int classes, int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] pixels = new byte[count * shape.size()];
        byte[] labels = new byte[count];
        int row = shape.width() * shape.channels();
        for (int i = 0; i < pixels.length; i++) {
            int image = i / shape.size();
            boolean bright = i % shape.size() / row == image % classes;
            pixels[i] = (byte) (random.nextInt(60) + (bright ? 190 : 0));
            labels[image] = (byte) (image % classes);
        }
        return new ImageSet(shape.height(), shape.width(), shape.channels(), pixels, labels);
    }
}
