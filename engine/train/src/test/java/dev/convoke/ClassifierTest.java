package dev.convoke;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Selection;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.DatasetException;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelException;
import dev.convoke.train.TrainedModel;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTest {
    private static final Dataset DIGITS = Datasets.load("digits");
    private static final Classifier.Settings ON_CPU = Classifier.Settings.DEFAULT.withDevice("cpu");

    /** Kernels for one image and for a batch add up in another order; float32 rounds each sum. */
    private static final float ROUNDING = 1e-5f;

    private static TrainedModel model;

    @TempDir
    Path folder;

    @BeforeAll
    static void train() {
        model = Training.of(
                        Network.of(DIGITS).convolution(4).relu().maxPooling().build(), DIGITS)
                .epochs(1)
                .device("cpu")
                .run()
                .model();
    }

    private static BufferedImage image(int index) {
        byte[] pixels = DIGITS.test().image(index);
        BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        int[] samples = new int[pixels.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = pixels[i] & 0xff;
        }
        image.getRaster().setPixels(0, 0, 28, 28, samples);
        return image;
    }

    @Test
    void everyWayInGivesTheSameAnswer() throws IOException {
        BufferedImage image = image(5);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, "png", png), "a PNG is written");
        Path file = Files.write(folder.resolve("five.png"), png.toByteArray());
        byte[] pixels = DIGITS.test().image(5);
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (pixels[i] & 0xff) / 255f;
        }
        try (Classifier classifier = Classifier.of(model, ON_CPU)) {
            float[] expected = classifier.classifyPixels(pixels).probabilities();
            assertArrayEquals(expected, classifier.classify(image).probabilities());
            assertArrayEquals(expected, classifier.classify(file).probabilities());
            assertArrayEquals(expected, classifier.classify(png.toByteArray()).probabilities());
            assertArrayEquals(expected, classifier.classifyValues(values).probabilities());
            assertArrayEquals(
                    expected,
                    classifier
                            .classifyAll(List.of(image(4), image, image(6)))
                            .get(1)
                            .probabilities(),
                    ROUNDING);
        }
    }

    @Test
    void answersAreThoseOfAnEvaluation() {
        Evaluation expected =
                model.predict(DIGITS.test(), Selection.choose("cpu").backend(), Execution.SINGLE_THREAD);
        try (Classifier classifier = Classifier.of(model, ON_CPU.withBatch(7))) {
            List<Prediction> found = classifier.classify(DIGITS.test());
            assertEquals(DIGITS.test().count(), found.size());
            for (int i = 0; i < found.size(); i++) {
                assertEquals(expected.predictions()[i], found.get(i).index(), "image " + i);
                assertEquals(expected.confidence()[i], found.get(i).probability(), ROUNDING, "image " + i);
                assertEquals(
                        DIGITS.classNames().get(found.get(i).index()),
                        found.get(i).label());
            }
        }
    }

    @Test
    void probabilitiesAddUpToOneAndAreRanked() {
        try (Classifier classifier = Classifier.of(model, ON_CPU)) {
            Prediction found = classifier.classify(image(0));
            double sum = 0;
            for (float probability : found.probabilities()) {
                sum += probability;
            }
            assertEquals(1, sum, 1e-6, "ten float32 roundings");
            List<Prediction.Candidate> best = found.top(3);
            assertEquals(3, best.size());
            assertEquals(found.label(), best.get(0).label());
            assertTrue(best.get(0).probability() >= best.get(1).probability(), best.toString());
            assertEquals(found.probability(), found.probability(found.label()));
            assertEquals(10, found.top(99).size());
            assertThrows(IllegalArgumentException.class, () -> found.probability("zebra"));
        }
    }

    @Test
    void threadsGiveTheAnswersOfOne() throws InterruptedException, ExecutionException {
        try (Classifier classifier = Classifier.of(model, ON_CPU.withSessions(3))) {
            List<float[]> expected = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                expected.add(classifier.classify(image(i)).probabilities());
            }
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Future<float[]>> found = new ArrayList<>();
                for (int turn = 0; turn < 8; turn++) {
                    for (int i = 0; i < 40; i++) {
                        int index = i;
                        found.add(threads.submit(
                                () -> classifier.classify(image(index)).probabilities()));
                    }
                }
                for (int i = 0; i < found.size(); i++) {
                    assertArrayEquals(expected.get(i % 40), found.get(i).get(), "image " + i % 40);
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    void picturesOfAnotherSizeAndColorAreFitted() {
        BufferedImage large = new BufferedImage(56, 56, BufferedImage.TYPE_INT_ARGB);
        BufferedImage small = image(5);
        for (int y = 0; y < 56; y++) {
            for (int x = 0; x < 56; x++) {
                int shade = small.getRaster().getSample(x / 2, y / 2, 0);
                large.setRGB(x, y, 0xff000000 | shade << 16 | shade << 8 | shade);
            }
        }
        try (Classifier classifier = Classifier.of(model, ON_CPU)) {
            assertEquals(
                    classifier.classify(small).label(),
                    classifier.classify(large).label());
        }
    }

    @Test
    void invertedPicturesAreTurnedBack() {
        byte[] pixels = DIGITS.test().image(5);
        byte[] inverted = pixels.clone();
        for (int i = 0; i < inverted.length; i++) {
            inverted[i] = (byte) ~inverted[i];
        }
        byte[] before = inverted.clone();
        try (Classifier plain = Classifier.of(model, ON_CPU);
                Classifier inverting = Classifier.of(model, ON_CPU.withPixels(Classifier.Pixels.INVERTED))) {
            assertArrayEquals(
                    plain.classifyPixels(pixels).probabilities(),
                    inverting.classifyPixels(inverted).probabilities());
            assertArrayEquals(before, inverted, "what the caller gave is not written");
        }
    }

    @Test
    void whatCannotBeClassifiedIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "no picture");
        try (Classifier classifier = Classifier.of(model, ON_CPU)) {
            DatasetException refused = assertThrows(DatasetException.class, () -> classifier.classify(text));
            assertEquals(text + ": is not a PNG, JPEG, BMP or GIF picture; convert it", refused.getMessage());
            Path missing = folder.resolve("missing.png");
            assertEquals(
                    missing + ": no such file",
                    assertThrows(DatasetException.class, () -> classifier.classify(missing))
                            .getMessage());
            assertThrows(IllegalArgumentException.class, () -> classifier.classifyPixels(new byte[3]));
            assertThrows(IllegalArgumentException.class, () -> classifier.classifyValues(new float[] {2}));
            ImageSet small = new ImageSet(8, 8, 1, new byte[64], new int[1]);
            assertThrows(DatasetException.class, () -> classifier.classify(small));
            assertEquals(List.of(), classifier.classifyAll(List.of()));
        }
    }

    @Test
    void aNetworkOfNumbersIsRefused() {
        TrainedModel numbers = Training.of(
                        Network.of(DIGITS)
                                .loss(new Loss.MeanSquaredError(10))
                                .dense(4)
                                .build(),
                        DIGITS)
                .epochs(1)
                .device("cpu")
                .run()
                .model();
        ModelException refused = assertThrows(ModelException.class, () -> Classifier.of(numbers, ON_CPU));
        assertTrue(refused.getMessage().contains("TrainedModel.outputs"), refused.getMessage());
        float[] outputs = numbers.outputs(DIGITS.test(), Selection.choose("cpu").backend(), Execution.SINGLE_THREAD);
        assertEquals(10 * DIGITS.test().count(), outputs.length);
    }

    @Test
    void aClosedClassifierSaysSo() {
        Classifier classifier = Classifier.of(model, ON_CPU);
        classifier.close();
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> classifier.classify(image(0)));
        assertEquals("the classifier is closed", refused.getMessage());
    }
}
