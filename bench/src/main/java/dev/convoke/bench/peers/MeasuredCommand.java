package dev.convoke.bench.peers;

import dev.convoke.cli.Main;
import dev.convoke.peers.PeerServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Convoke's command line, which leaves the process' largest resident memory in a file when it ends. */
final class MeasuredCommand {
    private MeasuredCommand() {}

    /**
     * Runs a command.
     *
     * @param arguments the file, then the command
     */
    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> write(file)));
        String[] command = new String[arguments.length - 1];
        System.arraycopy(arguments, 1, command, 0, command.length);
        Main.main(command);
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, Long.toString(PeerServer.peakResidentBytes()));
        } catch (IOException e) {
            System.err.println("the peak memory cannot be written: " + e.getMessage());
        }
    }
}
