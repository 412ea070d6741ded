package dev.convoke;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Selection;
import dev.convoke.datasets.DatasetException;
import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.PictureSize;
import dev.convoke.datasets.Pictures;
import dev.convoke.datasets.RegularFile;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelException;
import dev.convoke.train.TrainedModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A trained network that stays open and classifies pictures, one or many at a time.
 *
 * <pre>{@code
 * try (Classifier classifier = Classifier.load(Path.of("shapes.safetensors"))) {
 *     Prediction found = classifier.classify(ImageIO.read(file));
 *     System.out.println(found.label() + " " + found.probability());
 * }
 * }</pre>
 *
 * <p>Pictures of any size, in color or gray, are brought to the size and channels of the training images, in the same way as
 * then. Safe for any number of threads: each call takes a session of the network for itself, waits where {@link
 * Settings#sessions} are in use, and gives it back. Answers do not depend on what runs beside them.
 */
public final class Classifier implements AutoCloseable {
    private static final long MOST_FILE_BYTES = 1 << 26;

    private final TrainedModel model;
    private final ImageShape input;
    private final PictureSize size;
    private final List<String> labels;
    private final boolean inverts;
    private final SessionPool single;
    private final SessionPool many;
    private final int batch;

    /**
     * How a classifier runs.
     *
     * @param device {@code auto}, {@code cpu}, {@code cuda:1}, as the command line names it
     * @param batch images that go through the network together where several are given, at least 1; a single one always goes
     *     alone
     * @param sessions of the network at most, one for each thread that classifies at the same time; at least 1
     * @param pixels whether they are inverted first
     */
    public record Settings(String device, int batch, int sessions, Pixels pixels) {
        private static final int BATCH = 32;

        /** The device that {@code auto} chooses, batches of 32, a session for each processor. */
        public static final Settings DEFAULT =
                new Settings(Selection.AUTO, BATCH, Runtime.getRuntime().availableProcessors(), Pixels.AS_TRAINED);

        public Settings {
            if (batch < 1 || sessions < 1) {
                throw new IllegalArgumentException(
                        "batch and sessions must be at least 1, not " + batch + " and " + sessions);
            }
        }

        public Settings withDevice(String other) {
            return new Settings(other, batch, sessions, pixels);
        }

        public Settings withBatch(int images) {
            return new Settings(device, images, sessions, pixels);
        }

        public Settings withSessions(int most) {
            return new Settings(device, batch, most, pixels);
        }

        public Settings withPixels(Pixels other) {
            return new Settings(device, batch, sessions, other);
        }
    }

    /** Whether pixels are inverted before they are classified. */
    public enum Pixels {
        /** No: the pictures are like the training images. */
        AS_TRAINED,
        /** Yes: the pictures are dark on light and the training images light on dark, or the reverse. */
        INVERTED
    }

    private Classifier(TrainedModel model, Settings settings) {
        this.model = model;
        if (model.loss().target() == Loss.Target.VALUES) {
            throw new ModelException("'" + model.card().run()
                    + "' predicts numbers, not classes; use TrainedModel.outputs in place of a Classifier");
        }
        input = model.card().input();
        if (input.channels() != 1 && input.channels() != 3) {
            throw new ModelException("'" + model.card().run() + "' reads " + input.channels()
                    + " channels; pictures have 1 or 3, so use TrainedModel.outputs");
        }
        size = new PictureSize(input.width(), input.height());
        labels = IntStream.range(0, model.loss().outputs())
                .mapToObj(model::label)
                .toList();
        inverts = settings.pixels() == Pixels.INVERTED;
        batch = settings.batch();
        Backend backend = Selection.choose(settings.device()).backend();
        single = new SessionPool(settings.sessions(), () -> model.open(backend, Execution.SINGLE_THREAD, 1));
        many = batch == 1
                ? single
                : new SessionPool(settings.sessions(), () -> model.open(backend, Execution.SINGLE_THREAD, batch));
        // What cannot run is refused now, not at the first picture.
        single.warmUp();
    }

    /**
     * Opens a saved model with {@linkplain Settings#DEFAULT the usual settings}.
     *
     * @param file a model file, or the folder that holds {@code model.safetensors}
     * @throws dev.convoke.train.CheckpointException if there is none, or it is damaged
     * @throws dev.convoke.backend.DeviceException if no device can run it
     * @throws ModelException if it predicts numbers, not classes
     */
    public static Classifier load(Path file) {
        return load(file, Settings.DEFAULT);
    }

    /** The same with settings. */
    public static Classifier load(Path file, Settings settings) {
        return of(TrainedModel.read(file), settings);
    }

    /** Opens a model that has just been trained. */
    public static Classifier of(TrainedModel model) {
        return of(model, Settings.DEFAULT);
    }

    /** The same with settings. */
    public static Classifier of(TrainedModel model, Settings settings) {
        return new Classifier(model, settings);
    }

    /** The model that classifies. */
    public TrainedModel model() {
        return model;
    }

    /** The names of the classes, in label order. */
    public List<String> labels() {
        return labels;
    }

    /** Classifies an image in memory, of any size and color model. */
    public Prediction classify(BufferedImage image) {
        return one(Pictures.of(image, size, input.channels()));
    }

    /**
     * Classifies a PNG, JPEG, BMP or GIF file.
     *
     * @throws DatasetException if it is no picture, or damaged; the message names it
     */
    public Prediction classify(Path file) {
        try {
            return classifyEncoded(file.toString(), RegularFile.read(file, MOST_FILE_BYTES));
        } catch (IOException e) {
            throw new DatasetException(file + ": " + RegularFile.reason(e), e);
        }
    }

    /**
     * Classifies the content of a PNG, JPEG, BMP or GIF file, such as the body of a request.
     *
     * @param encoded the whole file
     * @throws DatasetException if it is no picture, or damaged
     */
    public Prediction classify(byte[] encoded) {
        return classifyEncoded("the picture", encoded);
    }

    private Prediction classifyEncoded(String source, byte[] encoded) {
        return one(Pictures.decode(source, encoded, size, input.channels()));
    }

    /**
     * Classifies pixels of exactly the training images' size.
     *
     * @param pixels {@code [rows, columns, channels]}, unsigned bytes; not written
     * @throws IllegalArgumentException if they are not {@code rows * columns * channels}
     */
    public Prediction classifyPixels(byte[] pixels) {
        return one(new ImageSet(input.height(), input.width(), input.channels(), pixels, new int[1]));
    }

    /**
     * Classifies values of exactly the training images' size. Networks are trained on 8-bit pixels, so values are rounded to
     * multiples of 1/255.
     *
     * @param values {@code [rows, columns, channels]}, from 0 to 1
     * @throws IllegalArgumentException if they are not {@code rows * columns * channels}, or one lies outside 0 to 1
     */
    public Prediction classifyValues(float[] values) {
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] >= 0 && values[i] <= 1)) {
                throw new IllegalArgumentException("value " + i + " is " + values[i] + "; values lie from 0 to 1");
            }
            pixels[i] = (byte) Math.round(255 * values[i]);
        }
        return classifyPixels(pixels);
    }

    /** Classifies images in memory, a batch at a time; in the order given. */
    public List<Prediction> classifyAll(List<BufferedImage> images) {
        byte[] pixels = new byte[Math.multiplyExact(images.size(), input.size())];
        for (int i = 0; i < images.size(); i++) {
            byte[] image = Pictures.of(images.get(i), size, input.channels()).pixels();
            System.arraycopy(image, 0, pixels, i * input.size(), image.length);
        }
        return images.isEmpty()
                ? List.of()
                : classify(
                        new ImageSet(input.height(), input.width(), input.channels(), pixels, new int[images.size()]));
    }

    /**
     * Classifies a set of images, a batch at a time; in their order.
     *
     * @throws DatasetException if they are not of the training images' size
     */
    public List<Prediction> classify(ImageSet images) {
        model.requireFit(images, "the images");
        if (images.count() == 0) {
            return List.of();
        }
        ImageSet given = answerable(images);
        float[] outputs = images.count() == 1
                ? single.with(session -> session.outputs(given, 0, 1))
                : many.with(session -> session.outputs(given, 0, given.count()));
        List<Prediction> found = new ArrayList<>();
        for (int from = 0; from < outputs.length; from += labels.size()) {
            found.add(new Prediction(labels, Arrays.copyOfRange(outputs, from, from + labels.size())));
        }
        return found;
    }

    private Prediction one(ImageSet image) {
        return classify(image).get(0);
    }

    /** Without the labels, which the network may not know, and inverted where that is wanted. */
    private ImageSet answerable(ImageSet images) {
        ImageSet seen = inverts ? images.inverted() : images;
        return new ImageSet(seen.height(), seen.width(), seen.channels(), seen.pixels(), new int[seen.count()]);
    }

    /** Gives everything back. Calls that still run end first; later ones are refused. */
    @Override
    public void close() {
        single.close();
        many.close();
    }
}
