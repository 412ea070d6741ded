package dev.convoke.cli;

import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.sweep.ModelBuilder;
import dev.convoke.sweep.ModelSummary;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.SweepResults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints a network's layers, shapes, parameters and operations. */
@Command(
        name = "summary",
        mixinStandardHelpOptions = true,
        description = "Prints a network's layers, shapes, parameters and floating-point operations.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke summary lenet-5",
            "  convoke summary resnet-8 --json",
            "  convoke summary wide --suite my.yaml"
        })
final class SummaryCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "RUN",
            arity = "0..1",
            description = "A run of a built-in suite, or of --suite. Default: the first run of the suite.")
    @Nullable String run;

    @Option(names = "--suite", paramLabel = "SUITE", description = "Suite of the run: a built-in name or a YAML file.")
    @Nullable String suite;

    @Mixin
    DatasetOptions datasets = new DatasetOptions();

    @Mixin
    OutputOptions output = new OutputOptions();

    SummaryCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Suite.Run wanted = RunChoice.of(suite, run);
        ImageShape input = ModelSummary.DEFAULT_INPUT;
        int classes = ModelSummary.DEFAULT_CLASSES;
        // Published data sets have the default shape, which needs no download.
        Optional<String> named = Optional.ofNullable(datasets.dataset)
                .or(() -> RunChoice.dataset(suite).filter(Datasets::isPath));
        if (named.isPresent()) {
            Dataset data = datasets.load(named.get(), output, console);
            input = new ImageShape(
                    data.train().channels(), data.train().height(), data.train().width());
            classes = data.classes();
        }
        ModelSpec model = ModelBuilder.build(wanted.name(), wanted.settings(), input, classes);
        ModelSummary summary = ModelSummary.of(model);
        if (output.json) {
            console.printJson(Json.write(facts(summary)));
        } else {
            print(summary);
        }
        return ExitCode.DONE.code();
    }

    private void print(ModelSummary summary) {
        console.print(console.styled(Style.BOLD, summary.name()) + "  input " + summary.input());
        console.print("");
        Table table =
                new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.RIGHT);
        table.row("layer", "kind", "output", "parameters", "FLOPs");
        String before = ModelSpec.INPUT;
        for (SweepResults.LayerFacts layer : summary.layers()) {
            table.row(
                    layer.name(),
                    layer.kind() + from(layer, before),
                    layer.output(),
                    number(layer.parameters()),
                    number(layer.flops()));
            before = layer.name();
        }
        table.row("total", "", "", number(summary.parameters()), number(summary.flops()));
        table.lines().forEach(console::print);
        console.print("");
        console.print("FLOPs are those of one image's forward pass, a multiply-add counted as two.");
    }

    /** What a layer reads, where that is not the layer in the line above. */
    private static String from(SweepResults.LayerFacts layer, String before) {
        List<String> inputs = layer.inputs().orElse(List.of(before));
        return inputs.equals(List.of(before)) ? "" : " of " + String.join(", ", inputs);
    }

    private static String number(long value) {
        return value == 0 ? "" : String.format(Locale.ROOT, "%,d", value);
    }

    private static Map<String, Object> facts(ModelSummary summary) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", summary.name());
        facts.put("input", summary.input().toString());
        facts.put("parameters", summary.parameters());
        facts.put("flops", summary.flops());
        List<Map<String, Object>> layers = new ArrayList<>();
        for (SweepResults.LayerFacts layer : summary.layers()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", layer.name());
            row.put("kind", layer.kind());
            row.put("output", layer.output());
            row.put("parameters", layer.parameters());
            row.put("flops", layer.flops());
            layer.type().ifPresent(type -> row.put("type", type));
            layer.shape().ifPresent(shape -> row.put("shape", shape));
            layer.inputs().ifPresent(inputs -> row.put("inputs", inputs));
            layers.add(row);
        }
        facts.put("layers", layers);
        return facts;
    }
}
