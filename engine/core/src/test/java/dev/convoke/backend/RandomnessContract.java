package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Padding;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.pipeline.EpochOrder;
import dev.convoke.pipeline.Warp;
import dev.convoke.plan.Initializer;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import dev.convoke.random.Philox;
import dev.convoke.random.Purpose;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever hangs on chance is the same on every backend: weights, order, masks, augmented pictures. */
interface RandomnessContract extends BackendUnderTest {
    static Stream<Arguments> augmentations() {
        Augmentation.Erasing erasing = new Augmentation.Erasing(0.7, 0.05, 0.4, 3, 0.5);
        Augmentation.Elastic elastic = new Augmentation.Elastic(6, 1.5);
        Augmentation.Center keras = Augmentation.Center.KERAS;
        return Stream.of(
                Arguments.of("rotation", affine(30, 0, 0, 0, 1, 1)),
                Arguments.of("shifts", affine(0, 0.2, 0.3, 0, 1, 1)),
                Arguments.of("shear", affine(0, 0, 0, 20, 1, 1)),
                Arguments.of("zoom", affine(0, 0, 0, 0, 0.7, 1.4)),
                Arguments.of("the report's", affine(20, 0.1, 0.1, 0.1, 0.9, 1.1)),
                Arguments.of("flips", flips(Augmentation.Erasing.NONE, Augmentation.Elastic.NONE)),
                Arguments.of("erasing", flips(erasing, Augmentation.Elastic.NONE)),
                Arguments.of("elastic", flips(Augmentation.Erasing.NONE, elastic)),
                Arguments.of(
                        "everything", new Augmentation(15, 0.1, 0.2, 5, 0.8, 1.2, true, true, keras, erasing, elastic)),
                Arguments.of(
                        "about the true middle",
                        new Augmentation(
                                25,
                                0,
                                0,
                                0,
                                0.9,
                                1.1,
                                false,
                                false,
                                Augmentation.Center.EXACT,
                                Augmentation.Erasing.NONE,
                                Augmentation.Elastic.NONE)));
    }

    private static Augmentation affine(
            double rotation, double width, double height, double shear, double zoomLow, double zoomHigh) {
        return new Augmentation(
                rotation,
                width,
                height,
                shear,
                zoomLow,
                zoomHigh,
                false,
                false,
                Augmentation.Center.KERAS,
                Augmentation.Erasing.NONE,
                Augmentation.Elastic.NONE);
    }

    private static Augmentation flips(Augmentation.Erasing erasing, Augmentation.Elastic elastic) {
        return new Augmentation(0, 0, 0, 0, 1, 1, true, true, Augmentation.Center.KERAS, erasing, elastic);
    }

    @Test
    default void initialWeightsAreTheInitializersBits() {
        Scenario scenario = Scenario.of(Networks.everything(), 4, 8);
        try (Session session = open(scenario)) {
            NamedTensors state = session.state();
            for (Segment segment : session.program().full().parameters().segments()) {
                Tensor expected = Initializer.initial(segment, scenario.seed());
                assertArrayEquals(expected.values(), state.get(segment.name()).values(), segment.name());
            }
            for (Segment segment : session.program().full().statistics().segments()) {
                Tensor expected = Initializer.initial(segment, scenario.seed());
                assertArrayEquals(expected.values(), state.get(segment.name()).values(), segment.name());
            }
        }
    }

    @Test
    default void imagesComeInTheEpochsOrder() {
        ModelSpec model =
                Networks.of("flat", new ImageShape(3, 4, 5), 2, new Flatten("flatten"), Networks.dense("dense", 2));
        int count = 11;
        int batch = 4;
        Scenario scenario = Scenario.of(model, batch, count);
        try (Session session = open(scenario)) {
            int[] order = new int[count];
            for (int epoch = 0; epoch < 3; epoch++) {
                EpochOrder.fill(scenario.seed(), epoch, order);
                for (int step = 0; step < 3; step++) {
                    float[] seen = session.trace(epoch, step)
                            .activations()
                            .get("input")
                            .values();
                    int images = seen.length / model.input().size();
                    assertEquals(step == 2 ? count % batch : batch, images, "images of step " + step);
                    for (int n = 0; n < images; n++) {
                        assertShows(scenario.images(), order[step * batch + n], seen, n);
                    }
                }
            }
        }
    }

    @Test
    default void flipsFollowTheImagesPositionInItsEpoch() {
        ImageShape shape = new ImageShape(1, 4, 5);
        ModelSpec model = Networks.of("flat", shape, 2, new Flatten("flatten"), Networks.dense("dense", 2));
        int batch = 6;
        Augmentation augmentation = flips(Augmentation.Erasing.NONE, Augmentation.Elastic.NONE);
        Scenario scenario = Scenario.of(model, batch, 2 * batch).with(augmentation);
        Warp warp = new Warp(augmentation, scenario.seed(), shape.height(), shape.width());
        int epoch = 3;
        int[] order = new int[2 * batch];
        EpochOrder.fill(scenario.seed(), epoch, order);
        try (Session session = open(scenario)) {
            float[] seen = session.trace(epoch, 1).activations().get("input").values();
            for (int n = 0; n < batch; n++) {
                int flips = warp.flips(epoch, batch + n);
                byte[] bytes = scenario.images().image(order[batch + n]);
                for (int i = 0; i < shape.size(); i++) {
                    int row = i / shape.width();
                    int column = i % shape.width();
                    int fromRow = (flips & Warp.FLIP_VERTICAL) != 0 ? shape.height() - 1 - row : row;
                    int fromColumn = (flips & Warp.FLIP_HORIZONTAL) != 0 ? shape.width() - 1 - column : column;
                    double expected = (bytes[fromRow * shape.width() + fromColumn] & 0xff) / 255.0;
                    assertEquals(
                            expected,
                            seen[n * shape.size() + i],
                            tolerances().pixels().relative());
                }
            }
        }
    }

    /** Fails unless image {@code n} of {@code seen}, [N, C, H, W], is image {@code index} of the set, byte / 255. */
    private void assertShows(ImageSet images, int index, float[] seen, int n) {
        byte[] bytes = images.image(index);
        int pixels = images.height() * images.width();
        for (int i = 0; i < bytes.length; i++) {
            int channel = i % images.channels();
            int pixel = i / images.channels();
            float value = seen[(n * images.channels() + channel) * pixels + pixel];
            assertEquals(
                    (bytes[i] & 0xff) / 255f,
                    value,
                    tolerances().pixels().relative(),
                    "image " + index + ", byte " + i);
        }
    }

    @Test
    default void masksAreThePhiloxWords() {
        ModelSpec model = Networks.of(
                "masks",
                new ImageShape(1, 5, 4),
                2,
                Networks.convolution("conv", 3, 3, 1, Padding.SAME),
                new Dropout("spatial", 0.3),
                new Flatten("flatten"),
                Networks.dense("hidden", 33),
                new Dropout("plain", 0.6),
                Networks.dense("last", 2));
        int batch = 3;
        Scenario scenario = Scenario.of(model, batch, 2 * batch);
        try (Session session = open(scenario)) {
            session.restore(States.shaken(session.program().full()), 0);
            for (int epoch = 0; epoch < 2; epoch++) {
                for (int step = 0; step < 2; step++) {
                    NamedTensors activations = session.trace(epoch, step).activations();
                    assertMask(scenario.seed(), 0, epoch, step * batch, 0.3, activations.get("spatial"));
                    assertMask(scenario.seed(), 1, epoch, step * batch, 0.6, activations.get("plain"));
                }
            }
        }
    }

    /** Fails unless the zeros of a dropout's output are where the definition of the mask puts them. */
    private static void assertMask(long seed, int ordinal, int epoch, int first, double rate, Tensor output) {
        int images = output.shape().axes().get(0);
        int features = output.values().length / images;
        long threshold = Math.round(rate * (1 << 24));
        for (int n = 0; n < images; n++) {
            Philox.Stream words = Philox.stream(seed, Purpose.DROPOUT, ordinal, epoch, first + n);
            for (int f = 0; f < features; f++) {
                boolean kept = words.word(f) >>> 8 >= threshold;
                assertEquals(kept, output.values()[n * features + f] != 0, "image " + n + ", feature " + f);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.convoke.backend.RandomnessContract#augmentations")
    default void augmentedPicturesAgreeWithTheOracle(String name, Augmentation augmentation) {
        for (ImageShape shape : new ImageShape[] {new ImageShape(1, 13, 11), new ImageShape(3, 8, 9)}) {
            ModelSpec model = Networks.of(name, shape, 2, new Flatten("flatten"), Networks.dense("dense", 2));
            Scenario scenario = Scenario.of(model, 5, 13).with(augmentation);
            try (Session session = open(scenario);
                    Session oracle = oracle(scenario)) {
                for (int step = 0; step < 3; step++) {
                    Tensor expected = oracle.trace(1, step).activations().get("input");
                    Tensor actual = session.trace(1, step).activations().get("input");
                    Comparison.assertClose(
                            name, expected, actual, 1, tolerances().pixels());
                }
            }
        }
    }

    @Test
    default void theSameSeedGivesTheSameBitsAndAnotherSeedOthers() {
        Scenario scenario = Scenario.of(Networks.everything(), 4, 10);
        try (Session one = open(scenario);
                Session two = open(scenario);
                Session other = open(scenario.withSeed(scenario.seed() + 1))) {
            TrainingSums first = one.train(0, 0, 3);
            assertEquals(first, two.train(0, 0, 3));
            States.assertSameBits(one.state(), two.state());
            assertEquals(false, first.equals(other.train(0, 0, 3)), "another seed, the same losses");
        }
    }
}
