package dev.convoke.cli;

import dev.convoke.backend.DeviceFacts;
import dev.convoke.sweep.Processor;

/** A diagnosis as readable text. */
final class DiagnosisText {
    private final Console console;

    DiagnosisText(Console console) {
        this.console = console;
    }

    void print(Diagnosis found) {
        Table facts = new Table(Table.Align.LEFT, Table.Align.LEFT);
        facts.row("convoke", Version.current());
        facts.row(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        facts.row(
                "java",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.version") + ", "
                        + System.getProperty("java.home"));
        Processor processor = found.processor();
        facts.row("processor", processor.name() + ", " + processor.cores() + " cores");
        facts.row("features", String.join(" ", processor.features()));
        for (Diagnosis.Device device : found.devices()) {
            for (DeviceFacts.Line line : device.facts().lines()) {
                facts.row(line.name(), line.text());
            }
        }
        facts.lines().forEach(console::print);
        section("devices");
        Table devices = new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT);
        for (Diagnosis.Device device : found.devices()) {
            String state =
                    device.available() ? console.styled(Style.GOOD, "runs") : console.styled(Style.BAD, "cannot run");
            devices.row("  " + device.name(), state, device.detail());
        }
        devices.lines().forEach(console::print);
        section("native libraries");
        Table libraries = new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT);
        for (NativeLibrary library : found.libraries()) {
            libraries.row(
                    "  " + library.name(),
                    library.origin().text(),
                    library.file().toString());
        }
        libraries.lines().forEach(console::print);
        if (!found.missing().isEmpty()) {
            section("missing");
            found.missing().forEach(line -> console.print("  " + line));
        }
        console.print("");
        String pick = found.automatic() == null ? "nothing" : found.automatic();
        console.print("--device auto picks " + console.styled(Style.BOLD, pick) + ": " + found.reason());
    }

    private void section(String title) {
        console.print("");
        console.print(console.styled(Style.BOLD, title));
    }
}
