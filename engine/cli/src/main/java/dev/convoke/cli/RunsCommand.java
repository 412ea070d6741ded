package dev.convoke.cli;

import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the runs of a suite. */
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        description = "Lists the runs of a suite. 'convoke summary RUN' shows a run's network.",
        footerHeading = "%nExamples:%n",
        footer = {"  convoke runs zoo", "  convoke runs my.yaml --json"})
final class RunsCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "SUITE",
            arity = "0..1",
            description =
                    "A built-in suite ('convoke suites' lists them) or a YAML file. Default: all built-in suites.")
    String suite = "";

    @Mixin
    OutputOptions output = new OutputOptions();

    RunsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Suite> suites = (suite.isEmpty() ? Suites.BUILT_IN : List.of(suite))
                .stream().map(Suites::load).toList();
        if (output.json) {
            List<Map<String, Object>> facts = new ArrayList<>();
            for (Suite each : suites) {
                for (Suite.Run run : each.runs()) {
                    Map<String, Object> fact = new LinkedHashMap<>();
                    fact.put("suite", each.name());
                    fact.put("name", run.name());
                    fact.put("title", run.title());
                    facts.add(fact);
                }
            }
            console.printJson(Json.write(Map.of("runs", facts)));
        } else {
            Table table = new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT);
            table.row("suite", "run", "title");
            for (Suite each : suites) {
                each.runs().forEach(run -> table.row(each.name(), run.name(), run.title()));
            }
            table.lines().forEach(console::print);
        }
        return ExitCode.DONE.code();
    }
}
