package dev.convoke.cli;

import picocli.CommandLine.Option;

/** How much is said, and in which form. */
final class OutputOptions {
    @Option(names = "--json", description = "Print the result as JSON on standard output.")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress and no remarks; errors and results only.")
    boolean quiet;
}
