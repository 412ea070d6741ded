package dev.convoke.cli;

import picocli.CommandLine.Option;

/** Verbosity and format of the output. */
final class OutputOptions {
    @Option(names = "--json", description = "Print the result as JSON on standard output.")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print only errors and results, no progress or remarks.")
    boolean quiet;
}
