package dev.convoke.cli;

import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.PictureSize;
import dev.convoke.datasets.Pictures;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Loss;
import dev.convoke.train.TrainedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke predict out/lenet-5-mnist/runs/lenet-5/seed-1 seven.png --invert",
            "  convoke predict shapes.safetensors pictures --top 3 --json"
        })
final class PredictCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model.safetensors, or its folder.")
    Path file = Path.of("");

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "PICTURE",
            description = "Images, or folders of images; they are resized to the model's input size.")
    List<Path> pictures = new ArrayList<>();

    @Option(
            names = "--top",
            paramLabel = "K",
            description = "How many classes to show for each image, the most probable first. Default: 1.")
    int top = 1;

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
        checkCount();
        TrainedModel model = TrainedModel.read(file, console::remark);
        List<Path> files = files();
        ImageSet images = images(files, model.card().input());
        float[] outputs =
                model.outputs(invert ? images.inverted() : images, device.choose(output, console), device.execution());
        int width = outputs.length / files.size();
        List<List<Output>> found = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            found.add(largest(model, Arrays.copyOfRange(outputs, i * width, (i + 1) * width)));
        }
        if (output.json) {
            printJson(files, found);
        } else {
            printTable(model, files, found);
        }
        return ExitCode.DONE.code();
    }

    /** One output of the model: the probability of a class, or a number. */
    private record Output(String label, float value) {}

    private void checkCount() {
        if (top < 1) {
            throw new CommandExit(ExitCode.USAGE, "--top must be at least 1, not " + top);
        }
    }

    /** The images named, those of a folder in its place. */
    private List<Path> files() {
        return pictures.stream()
                .flatMap(each -> Files.isDirectory(each) ? Pictures.in(each).stream() : Stream.of(each))
                .toList();
    }

    /** The largest outputs first; all of them, in their order, if they are numbers. */
    private List<Output> largest(TrainedModel model, float[] outputs) {
        Stream<Output> all = IntStream.range(0, outputs.length).mapToObj(k -> new Output(model.label(k), outputs[k]));
        return model.loss().target() == Loss.Target.VALUES
                ? all.toList()
                : all.sorted(Comparator.comparing(Output::value).reversed())
                        .limit(top)
                        .toList();
    }

    private void printTable(TrainedModel model, List<Path> files, List<List<Output>> found) {
        List<Table.Align> aligns = new ArrayList<>(List.of(Table.Align.LEFT));
        for (int k = 0; k < found.get(0).size(); k++) {
            aligns.add(Table.Align.LEFT);
            aligns.add(Table.Align.RIGHT);
        }
        Table table = new Table(aligns.toArray(Table.Align[]::new));
        for (int i = 0; i < files.size(); i++) {
            List<String> cells = new ArrayList<>(List.of(files.get(i).toString()));
            for (Output each : found.get(i)) {
                cells.add(each.label());
                cells.add(model.value(each.value()));
            }
            table.row(cells.toArray(String[]::new));
        }
        table.lines().forEach(console::print);
    }

    private void printJson(List<Path> files, List<List<Output>> found) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("file", files.get(i).toString());
            row.put("class", found.get(i).get(0).label());
            row.put("confidence", found.get(i).get(0).value());
            row.put(
                    "outputs",
                    found.get(i).stream()
                            .map(each -> Map.of("label", each.label(), "value", each.value()))
                            .toList());
            rows.add(row);
        }
        console.printJson(Json.write(rows));
    }

    private ImageSet images(List<Path> files, ImageShape input) {
        PictureSize size = new PictureSize(input.width(), input.height());
        try (DownloadProgress progress = new DownloadProgress(console, output.quiet)) {
            return Pictures.read(files, size, input.channels(), progress);
        }
    }
}
