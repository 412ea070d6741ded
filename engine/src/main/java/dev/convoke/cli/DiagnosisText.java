package dev.convoke.cli;

import dev.convoke.backend.cpu.CpuFacts;
import dev.convoke.backend.cuda.CudaFacts;
import dev.convoke.backend.cuda.Gpu;
import dev.convoke.sweep.Processor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A diagnosis for people. */
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
        addCpu(facts, found.cpu());
        addCuda(facts, found.cuda());
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

    private static void addCpu(Table facts, CpuFacts cpu) {
        facts.row("oneDNN", cpu.oneDnn() == null ? "not loaded" : cpu.oneDnn() + ", " + cpu.oneDnnInstructionSet());
        facts.row("our kernels", orNot(cpu.kernelInstructionSet()));
    }

    private static void addCuda(Table facts, CudaFacts cuda) {
        List<String> driver = new ArrayList<>();
        if (cuda.driverModule() != null) {
            driver.add("kernel module " + cuda.driverModule());
        }
        if (cuda.driverCuda() != null) {
            driver.add("serves CUDA " + cuda.driverCuda());
        }
        facts.row("NVIDIA driver", driver.isEmpty() ? "none" : String.join(", ", driver));
        for (Gpu gpu : cuda.gpus()) {
            facts.row("GPU " + gpu.ordinal(), gpu.describe());
        }
        if (cuda.gpus().isEmpty()) {
            facts.row("GPU", "none");
        }
        facts.row("CUDA runtime", orNot(cuda.runtime()) + ", this build needs " + cuda.needed());
        facts.row("cuDNN", orNot(cuda.cudnn()));
        facts.row("cuBLAS", orNot(cuda.cublas()));
    }

    private static String orNot(@Nullable String version) {
        return version == null ? "not loaded" : version;
    }

    private void section(String title) {
        console.print("");
        console.print(console.styled(Style.BOLD, title));
    }
}
