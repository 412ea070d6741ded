package dev.convoke.cli;

import dev.convoke.onnx.OnnxModel;
import dev.convoke.train.AtomicFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
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
            "Writes a trained model as ONNX, for other engines to answer with.",
            "Input 'images' is float32 [N, C, H, W] of pixel / 255, output 'probabilities' float32 [N, classes]."
        },
        footerHeading = "%nExample:%n",
        footer = "  convoke export out/base-adam-mnist/runs/base-adam/seed-1 --onnx digits.onnx")
final class ExportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "A model.safetensors, or the folder that holds it.")
    Path file = Path.of("");

    @Option(names = "--onnx", required = true, paramLabel = "FILE", description = "The file to write.")
    Path onnx = Path.of("");

    @Mixin
    OutputOptions output = new OutputOptions();

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        byte[] content = TrainedModel.read(file).toOnnx();
        AtomicFile.write(onnx, ByteBuffer.wrap(content));
        if (!output.quiet) {
            console.remark(
                    String.format(Locale.ROOT, "%s  %,d bytes, input %s", onnx, content.length, OnnxModel.INPUT));
        }
        return ExitCode.DONE.code();
    }
}
