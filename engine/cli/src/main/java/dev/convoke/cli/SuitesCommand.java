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

/** Lists the built-in suites. */
@Command(
        name = "suites",
        mixinStandardHelpOptions = true,
        description = "Lists the built-in suites. 'convoke runs SUITE' lists the runs of one.")
final class SuitesCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    OutputOptions output = new OutputOptions();

    SuitesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Suite> suites = Suites.BUILT_IN.stream().map(Suites::load).toList();
        if (output.json) {
            List<Map<String, Object>> facts = new ArrayList<>();
            for (Suite suite : suites) {
                Map<String, Object> fact = new LinkedHashMap<>();
                fact.put("name", suite.name());
                fact.put("title", suite.title());
                fact.put("description", suite.description());
                fact.put("runs", suite.runs().stream().map(Suite.Run::name).toList());
                facts.add(fact);
            }
            console.printJson(Json.write(Map.of("suites", facts)));
        } else {
            Table table = new Table(Table.Align.LEFT, Table.Align.RIGHT, Table.Align.LEFT);
            table.row("suite", "runs", "title");
            suites.forEach(suite ->
                    table.row(suite.name(), Integer.toString(suite.runs().size()), suite.title()));
            table.lines().forEach(console::print);
        }
        return ExitCode.DONE.code();
    }
}
