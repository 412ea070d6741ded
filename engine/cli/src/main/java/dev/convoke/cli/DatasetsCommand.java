package dev.convoke.cli;

import dev.convoke.datasets.Availability;
import dev.convoke.datasets.DataLocation;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.FileCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the data sets, fetches one, or checks its files. */
@Command(
        name = "datasets",
        mixinStandardHelpOptions = true,
        description = "Lists the data sets and where they are stored; with a name, downloads that set and shows it.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke datasets",
            "  convoke datasets fashion-mnist",
            "  convoke datasets mnist --verify --data-dir ~/data/mnist"
        })
final class DatasetsCommand implements Callable<Integer> {
    private static final double MEBIBYTE = 1 << 20;

    private final Console console;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "A data set to download and show.")
    @Nullable String name;

    @Option(names = "--verify", description = "Check the digests of the local files; download nothing.")
    boolean verify;

    @Mixin
    DatasetOptions datasets = new DatasetOptions();

    @Mixin
    OutputOptions output = new OutputOptions();

    DatasetsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        String wanted = name == null ? datasets.dataset : name;
        if (verify) {
            return check(wanted == null ? Datasets.DEFAULT : wanted);
        }
        if (wanted == null) {
            list();
        } else {
            show(datasets.load(wanted, output, console));
        }
        return ExitCode.DONE.code();
    }

    private void list() {
        List<Availability> all = Datasets.list(datasets.location());
        if (output.json) {
            console.printJson(Json.write(
                    Map.of("datasets", all.stream().map(DatasetsCommand::facts).toList())));
            return;
        }
        Table table =
                new Table(Table.Align.LEFT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.LEFT);
        table.row("name", "train", "test", "classes", "where");
        for (Availability set : all) {
            table.row(
                    set.name(),
                    String.format(Locale.ROOT, "%,d", set.train()),
                    String.format(Locale.ROOT, "%,d", set.test()),
                    Integer.toString(set.classes()),
                    set.place().orElseGet(() -> download(set)));
        }
        table.lines().forEach(console::print);
    }

    private String download(Availability set) {
        String size = String.format(Locale.ROOT, "%.0f MiB", set.downloadBytes() / MEBIBYTE);
        return datasets.location().network() == DataLocation.Network.OFFLINE
                ? "not available locally"
                : "not available locally; downloaded on demand, " + size;
    }

    private static Map<String, Object> facts(Availability set) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", set.name());
        facts.put("title", set.title());
        facts.put("train", set.train());
        facts.put("test", set.test());
        facts.put("classes", set.classes());
        facts.put("available", set.place().isPresent());
        facts.put("place", set.place().orElse(null));
        facts.put("licence", set.license());
        return facts;
    }

    private void show(Dataset set) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", set.name());
        facts.put("train", set.train().count());
        set.validation().ifPresent(part -> facts.put("validation", part.count()));
        facts.put("test", set.test().count());
        facts.put(
                "size",
                set.train().height() + "x" + set.train().width() + "x"
                        + set.train().channels());
        facts.put("classes", String.join(" ", set.classNames()));
        facts.put("digest", set.digest());
        facts.put("origin", set.origin());
        if (output.json) {
            console.printJson(Json.write(facts));
            return;
        }
        Table table = new Table(Table.Align.LEFT, Table.Align.LEFT);
        facts.forEach((key, value) -> table.row(key, String.valueOf(value)));
        table.lines().forEach(console::print);
        if (!output.quiet) {
            TextPicture.of(set.test(), 0).forEach(console::print);
        }
    }

    private int check(String wanted) {
        List<FileCheck> checks = Datasets.verify(wanted, datasets.location());
        boolean damaged = checks.stream().anyMatch(c -> c.status() == FileCheck.Status.DAMAGED);
        boolean missing = checks.stream().anyMatch(c -> c.status() == FileCheck.Status.MISSING);
        if (output.json) {
            List<Map<String, Object>> files = new ArrayList<>();
            for (FileCheck check : checks) {
                Map<String, Object> file = new LinkedHashMap<>();
                file.put("file", check.file());
                file.put("status", check.status().name().toLowerCase(Locale.ROOT));
                file.put("place", check.place().orElse(null));
                file.put("detail", check.detail());
                files.add(file);
            }
            console.printJson(Json.write(Map.of("dataset", wanted, "files", files)));
        } else {
            Table table = new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT);
            for (FileCheck check : checks) {
                table.row(check.file(), check.status().name().toLowerCase(Locale.ROOT), check.detail());
            }
            table.lines().forEach(console::print);
        }
        return (damaged || missing ? ExitCode.DATA : ExitCode.DONE).code();
    }
}
