package dev.convoke.cli;

import dev.convoke.backend.Evaluation;
import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.PictureSize;
import dev.convoke.datasets.Pictures;
import dev.convoke.model.ImageShape;
import dev.convoke.train.TrainedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Classifies PNG, JPEG, BMP or GIF images. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Classifies PNG, JPEG, BMP or GIF images with a trained model: file, class, confidence.",
        footerHeading = "%nExample:%n",
        footer = "  convoke predict out/lenet-5-mnist/runs/lenet-5/seed-1 seven.png --invert")
final class PredictCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model.safetensors, or its folder.")
    Path file = Path.of("");

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "PICTURE",
            description = "Images; they are resized to the model's input size.")
    List<Path> pictures = new ArrayList<>();

    @Option(names = "--invert", description = "The images are dark on light; MNIST is light on dark.")
    boolean invert;

    @Mixin
    DeviceOptions device = new DeviceOptions();

    @Mixin
    OutputOptions output = new OutputOptions();

    PredictCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TrainedModel model = TrainedModel.read(file, console::remark);
        ImageSet images = images(model.card().input());
        Evaluation answers =
                model.predict(invert ? inverted(images) : images, device.choose(output, console), device.execution());
        List<Map<String, Object>> rows = new ArrayList<>();
        Table table = new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.RIGHT);
        for (int i = 0; i < pictures.size(); i++) {
            String answer = model.label(answers.predictions()[i]);
            table.row(pictures.get(i).toString(), answer, model.value(answers.confidence()[i]));
            rows.add(row(pictures.get(i), answer, answers.confidence()[i]));
        }
        if (output.json) {
            console.printJson(Json.write(rows));
        } else {
            table.lines().forEach(console::print);
        }
        return ExitCode.DONE.code();
    }

    private ImageSet images(ImageShape input) {
        PictureSize size = new PictureSize(input.width(), input.height());
        try (DownloadProgress progress = new DownloadProgress(console, output.quiet)) {
            return Pictures.read(pictures, size, input.channels(), progress);
        }
    }

    private static Map<String, Object> row(Path picture, String answer, float confidence) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("file", picture.toString());
        row.put("class", answer);
        row.put("confidence", confidence);
        return row;
    }

    private static ImageSet inverted(ImageSet images) {
        byte[] pixels = images.pixels().clone();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) ~pixels[i];
        }
        return new ImageSet(images.height(), images.width(), images.channels(), pixels, images.targets());
    }
}
