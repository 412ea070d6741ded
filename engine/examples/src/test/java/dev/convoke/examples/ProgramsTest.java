package dev.convoke.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.Network;
import dev.convoke.Training;
import dev.convoke.TrainingRun;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that docs/library.md shows. */
class ProgramsTest {
    /** Two shades can be told apart by anything that learns; guessing would be a half. */
    private static final double LEARNED = 0.9;

    @TempDir
    Path folder;

    @Test
    void ownPicturesOfSeveralSizesAreLearned() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 60; i++) {
            picture("dark", i, random.nextInt(80));
            picture("light", i, 170 + random.nextInt(80));
        }
        TrainingRun run = OwnPictures.train(folder);
        assertEquals(List.of("dark", "light"), run.model().card().classNames());
        assertTrue(run.testAccuracy() > LEARNED, run.toString());
    }

    private void picture(String label, int number, int shade) throws IOException {
        int width = 20 + 7 * (number % 3);
        BufferedImage image = new BufferedImage(width, 24, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, (shade << 16) | (shade / 2 << 8) | shade);
            }
        }
        Path file = folder.resolve(label).resolve(number + (number % 2 == 0 ? ".png" : ".jpg"));
        Files.createDirectories(file.getParent());
        assertTrue(ImageIO.write(image, number % 2 == 0 ? "png" : "jpg", file.toFile()), file.toString());
    }

    @Test
    void aListenerEndsTheTraining() {
        TrainingRun run = WatchedTraining.train();
        assertTrue(run.stoppedEarly(), run.toString());
        double last = run.history().get(run.history().size() - 1).valAccuracy();
        assertTrue(last >= LEARNED, "stopped at " + last);
    }

    @Test
    void theServiceClassifiesWhatIsPosted() throws IOException, InterruptedException {
        Dataset digits = Datasets.load("digits");
        Path file = folder.resolve("digits.safetensors");
        Training.of(Network.of(digits).convolution(4).relu().maxPooling().build(), digits)
                .epochs(1)
                .run()
                .save(file);
        BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, "png", png), "a PNG is written");
        try (ClassifierServer server = ClassifierServer.start(file, 0)) {
            HttpResponse<String> found = post(server, png.toByteArray());
            assertEquals(200, found.statusCode(), found.body());
            assertTrue(found.body().contains("\"label\":"), found.body());
            assertTrue(found.body().contains("\"probability\":"), found.body());
            HttpResponse<String> refused = post(server, new byte[] {1, 2, 3});
            assertEquals(400, refused.statusCode());
            assertEquals(
                    "{\"error\":\"the picture: is not a PNG, JPEG, BMP or GIF picture; convert it\"}", refused.body());
        }
    }

    private static HttpResponse<String> post(ClassifierServer server, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/classify"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
