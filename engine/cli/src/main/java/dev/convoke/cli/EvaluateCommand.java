package dev.convoke.cli;

import dev.convoke.backend.Evaluation;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.PictureSize;
import dev.convoke.train.Classification;
import dev.convoke.train.ModelCard;
import dev.convoke.train.TrainedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Evaluates a trained model on a test set. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Evaluates a trained model on a data set's test images: loss, accuracy, metrics by class, confusion.",
        footerHeading = "%nExample:%n",
        footer = "  convoke evaluate out/lenet-5-digits/runs/lenet-5/seed-1 --dataset digits")
final class EvaluateCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "A model.safetensors, or its folder.")
    Path file = Path.of("");

    @Mixin
    DatasetOptions datasets = new DatasetOptions();

    @Mixin
    DeviceOptions device = new DeviceOptions();

    @Mixin
    OutputOptions output = new OutputOptions();

    EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TrainedModel model = TrainedModel.read(file, console::remark);
        ModelCard card = model.card();
        PictureSize size = new PictureSize(card.input().width(), card.input().height());
        Dataset loaded = datasets.load(card.dataset(), Optional.of(size), output, console);
        model.requireFit(loaded.test(), loaded.name());
        requireSameData(model, loaded);
        ClassMatch match = ClassMatch.of(card.run(), card.classNames(), loaded);
        if (!output.quiet) {
            match.remark().ifPresent(console::remark);
        }
        Dataset data = match.matched();
        Evaluation evaluation = model.predict(data.test(), device.choose(output, console), device.execution());
        Classification classes = Classification.of(evaluation, data.test(), data.classes());
        if (output.json) {
            console.printJson(Json.write(facts(data, evaluation, classes)));
        } else {
            print(data, evaluation, classes);
        }
        return ExitCode.DONE.code();
    }

    /** Without --dataset the data must match the model's; with it, other data are allowed and reported. */
    private void requireSameData(TrainedModel model, Dataset data) {
        if (data.digest().equals(model.card().datasetDigest())) {
            return;
        }
        String other =
                "the model '" + model.card().run() + "' was trained on other data than this '" + data.name() + "'";
        if (datasets.dataset == null) {
            throw new CommandExit(ExitCode.DATA, other + ", although it calls them so; name the data with --dataset");
        }
        if (!output.quiet) {
            console.remark(other);
        }
    }

    private void print(Dataset data, Evaluation evaluation, Classification classes) {
        console.print(String.format(
                Locale.ROOT,
                "%s  %,d test images  accuracy %.2f%%  loss %.4f",
                data.name(),
                evaluation.count(),
                100 * classes.accuracy(),
                evaluation.loss()));
        console.print("");
        Table table =
                new Table(Table.Align.LEFT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.RIGHT);
        table.row("class", "precision", "recall", "F1", "support");
        for (int c = 0; c < classes.classes(); c++) {
            table.row(
                    data.classNames().get(c),
                    share(classes.precision(c)),
                    share(classes.recall(c)),
                    share(classes.f1(c)),
                    Integer.toString(classes.support(c)));
        }
        table.lines().forEach(console::print);
        console.print("");
        console.print("confusion, true class by row, prediction by column");
        confusion(data, classes).lines().forEach(console::print);
    }

    private static Table confusion(Dataset data, Classification classes) {
        Table.Align[] aligns = new Table.Align[classes.classes() + 1];
        Arrays.fill(aligns, Table.Align.RIGHT);
        aligns[0] = Table.Align.LEFT;
        Table table = new Table(aligns);
        List<String> head = new ArrayList<>(List.of(""));
        head.addAll(data.classNames());
        table.row(head.toArray(String[]::new));
        for (int c = 0; c < classes.classes(); c++) {
            List<String> row = new ArrayList<>(List.of(data.classNames().get(c)));
            classes.confusion().get(c).forEach(count -> row.add(count == 0 ? "." : count.toString()));
            table.row(row.toArray(String[]::new));
        }
        return table;
    }

    private static String share(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static Map<String, Object> facts(Dataset data, Evaluation evaluation, Classification classes) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("dataset", data.name());
        facts.put("digest", data.digest());
        facts.put("images", evaluation.count());
        facts.put("loss", evaluation.loss());
        facts.put("accuracy", classes.accuracy());
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int c = 0; c < classes.classes(); c++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("class", data.classNames().get(c));
            row.put("precision", classes.precision(c));
            row.put("recall", classes.recall(c));
            row.put("f1", classes.f1(c));
            row.put("support", classes.support(c));
            rows.add(row);
        }
        facts.put("classes", rows);
        facts.put("confusion", classes.confusion());
        return facts;
    }
}
