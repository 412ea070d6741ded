package dev.convoke.bench.peers;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A competitor's JVM; see {@link dev.convoke.peers.PeerServer} for what it is asked. */
final class PeerProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    private final Competitor competitor;
    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader replies;
    private final Path log;

    /**
     * Starts the JVM.
     *
     * @param settings the repository, where its standard error goes, the clock
     */
    PeerProcess(Competitor competitor, int threads, Settings settings) {
        this.competitor = competitor;
        log = settings.out().resolve(competitor.name() + ".log");
        List<String> command = command(competitor, threads, settings.home());
        command.add(1, "-Dpeer.clock=" + settings.clock().name().toLowerCase(Locale.ROOT));
        command.add(1, "-XX:ErrorFile=" + settings.out().resolve(competitor.name() + "-crash.log"));
        if (settings.company() == Settings.Company.TOGETHER) {
            command.addAll(0, List.of("taskset", "-c", Integer.toString(PinnedProcessor.ofThisProcess())));
        }
        try {
            process = start(command, threads, competitor.environment(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(competitor.title() + ": cannot be started: " + e.getMessage(), e);
        }
        requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        replies = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The command line of a competitor's JVM, without arguments: every engine gets the same collector. */
    static List<String> command(Competitor competitor, int threads, Path home) {
        Path folder = home.resolve(competitor.home()).resolve("target");
        if (!Files.isDirectory(folder.resolve("lib"))) {
            throw new BenchException(
                    competitor.title() + ": " + folder.resolve("lib")
                            + " is missing; build it with mvn -B -Ppeers -DskipTests package, or run ./convoke bench peers there");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Dorg.bytedeco.javacpp.maxbytes=0",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-DENGINE_CACHE_DIR=" + home.resolve("bench/target/engines"),
                "-DDJL_CACHE_DIR=" + home.resolve("bench/target/engines"),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(competitor.options(threads));
        command.addAll(List.of("-cp", folder.resolve("classes") + ":" + folder.resolve("lib") + "/*"));
        command.add(competitor.mainClass());
        return command;
    }

    private static Process start(List<String> command, int threads, Map<String, String> own, Path log)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.putAll(own);
        environment.put("OMP_NUM_THREADS", Integer.toString(threads));
        environment.put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
        environment.put("DJL_OFFLINE", "true");
        return builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    Competitor competitor() {
        return competitor;
    }

    /**
     * Sends a request and waits for the reply.
     *
     * @return what follows {@code ok}
     * @throws UnsupportedOperationException if the peer does not support this
     * @throws PeerFailure if the peer failed
     * @throws BenchException if its process has ended
     */
    String ask(String request) {
        String reply;
        try {
            requests.write(request);
            requests.newLine();
            requests.flush();
            reply = replies.readLine();
        } catch (IOException e) {
            throw new BenchException(
                    competitor.title() + ": ended while it was asked '" + request + "'; see " + log, e);
        }
        if (reply == null) {
            throw new BenchException(competitor.title() + ": ended while it was asked '" + request + "'; see " + log);
        }
        int space = reply.indexOf(' ');
        String kind = space < 0 ? reply : reply.substring(0, space);
        String rest = space < 0 ? "" : reply.substring(space + 1);
        switch (kind) {
            case "ok":
                return rest;
            case "unsupported":
                throw new UnsupportedOperationException(rest);
            default:
                throw new PeerFailure(
                        competitor.title() + ": could not execute '" + request + "': " + rest + "; see " + log, rest);
        }
    }

    /** Trains steps {@code from .. to - 1} of what is open. */
    Trained train(int from, int to) {
        String[] words = ask("train " + from + " " + to).split(" ", -1);
        return new Trained(Double.parseDouble(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    /** Classifies all images of the open workload. */
    Classified classify() {
        String[] words = ask("classify").split(" ", -1);
        return new Classified(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }

    /**
     * Result of a range of steps.
     *
     * @param loss mean data loss of the images
     * @param nanos how long it took
     * @param otherNanos what other threads of the engine worked meanwhile, where the clock is a thread's
     */
    record Trained(double loss, long nanos, long otherNanos) {}

    /**
     * Result of an inference pass.
     *
     * @param nanos how long it took
     * @param otherNanos what other threads of the engine worked meanwhile, where the clock is a thread's
     */
    record Classified(long nanos, long otherNanos) {}

    @Override
    public void close() {
        try {
            requests.close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
