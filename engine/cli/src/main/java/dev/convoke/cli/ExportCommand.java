package dev.convoke.cli;

import dev.convoke.onnx.OnnxModel;
import dev.convoke.train.AtomicFile;
import dev.convoke.train.TrainedModel;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a trained model in a format that other engines read. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Exports a trained model as ONNX, for inference with other engines.",
            "Input 'images' is float32 [N, C, H, W] of pixel / 255, output 'probabilities' float32 [N, classes]."
        },
        footerHeading = "%nExample:%n",
        footer = "  convoke export out/lenet-5-mnist/runs/lenet-5/seed-1 --onnx digits.onnx")
final class ExportCommand implements Callable<Integer> {
    /** Names of standard output: a file of that name is not to be put in its place. */
    private static final Set<String> STANDARD_OUTPUT = Set.of("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");

    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "A model.safetensors, or its folder.")
    Path file = Path.of("");

    @Option(
            names = "--onnx",
            required = true,
            paramLabel = "FILE",
            description = "The file to write; - is standard output.")
    Path onnx = Path.of("");

    @Mixin
    OutputOptions output = new OutputOptions();

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        byte[] content = TrainedModel.read(file, console::remark).toOnnx();
        write(content);
        if (!output.quiet) {
            console.remark(
                    String.format(Locale.ROOT, "%s  %,d bytes, input %s", onnx, content.length, OnnxModel.INPUT));
        }
        return ExitCode.DONE.code();
    }

    private void write(byte[] content) {
        if (!STANDARD_OUTPUT.contains(onnx.toString())) {
            AtomicFile.write(onnx, ByteBuffer.wrap(content));
            return;
        }
        console.out().write(content, 0, content.length);
        if (console.out().checkError()) {
            throw new CommandExit(ExitCode.DATA, "standard output: cannot be written");
        }
    }
}
