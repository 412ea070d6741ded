package dev.convoke.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A peer's side of the protocol: one request per line on standard input, one reply per line on standard output.
 *
 * <pre>
 * about                      ok NAME AND OPTIONS
 * train-open FILE on|off     ok                      a workload, with its dropout on or off
 * steps                      ok STEPS                whole batches of the workload that trains
 * reset                      ok
 * train FROM TO              ok LOSS NANOSECONDS OTHERS
 * classify-open FILE         ok
 * classify                   ok NANOSECONDS OTHERS
 * answers COUNT              ok CLASS:CONFIDENCE ...
 * peak                       ok BYTES                largest resident memory of this process so far
 * close                      ok
 * </pre>
 *
 * Nanoseconds are wall-clock time, or with {@code -Dpeer.clock=cpu} the processor time of the working thread, which
 * measures a single-threaded engine even on a busy machine. OTHERS is the processor time of the engine's other threads in
 * nanoseconds, 0 for wall-clock time.
 *
 * <p>The reply to a failed request is {@code unsupported} or {@code error}, with a one-line reason. Whatever the peer
 * itself prints goes to standard error.
 */
public final class PeerServer {
    private static final int KIBI = 1024;

    private final Peer peer;
    private final PrintStream replies;
    private final boolean countsThreads =
            System.getProperty("peer.clock", "wall").equals("cpu");
    private final LongSupplier nanos =
            countsThreads ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
    private int steps;
    private Peer.@Nullable Trainer trainer;
    private Peer.@Nullable Classifier classifier;
    private Peer.@Nullable Answers answers;

    private PeerServer(Peer peer, PrintStream replies) {
        this.peer = peer;
        this.replies = replies;
    }

    /** Makes a peer; it may start its engine. */
    @FunctionalInterface
    public interface Factory {
        Peer create();
    }

    /** Executes requests until standard input ends. */
    public static void serve(Factory factory) throws IOException {
        PrintStream replies = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        Peer peer;
        try {
            peer = factory.create();
        } catch (RuntimeException | LinkageError e) {
            replies.println("error cannot start: " + firstLine(e));
            return;
        }
        new PeerServer(peer, replies).run(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    }

    private void run(BufferedReader requests) throws IOException {
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            replies.println(reply(line));
        }
        close();
    }

    private String reply(String line) {
        try {
            String answer = answer(line.split(" ", -1));
            return answer.isEmpty() ? "ok" : "ok " + answer;
        } catch (UnsupportedOperationException e) {
            return "unsupported " + firstLine(e);
        } catch (IOException | RuntimeException | LinkageError e) {
            e.printStackTrace();
            return "error " + firstLine(e);
        }
    }

    private String answer(String[] request) throws IOException {
        switch (request[0]) {
            case "about":
                return peer.describe();
            case "train-open":
                close();
                Workload work = Workload.read(Path.of(request[1]));
                steps = work.steps();
                trainer = peer.train(request[2].equals("on") ? work : work.withoutDropout());
                return "";
            case "steps":
                return Integer.toString(steps);
            case "reset":
                open(trainer).reset();
                return "";
            case "train":
                return train(Integer.parseInt(request[1]), Integer.parseInt(request[2]));
            case "classify-open":
                close();
                classifier = peer.classify(Workload.read(Path.of(request[1])));
                return "";
            case "classify":
                return classify();
            case "answers":
                return answers(Integer.parseInt(request[1]));
            case "peak":
                return Long.toString(peakResidentBytes());
            case "close":
                close();
                return "";
            default:
                throw new IllegalArgumentException("there is no request '" + request[0] + "'");
        }
    }

    private String train(int from, int to) throws IOException {
        long others = others();
        long start = nanos.getAsLong();
        double loss = open(trainer).train(from, to);
        long took = nanos.getAsLong() - start;
        return loss + " " + took + " " + (others() - others);
    }

    private String classify() throws IOException {
        long others = others();
        long start = nanos.getAsLong();
        answers = open(classifier).classify();
        long took = nanos.getAsLong() - start;
        return took + " " + (others() - others);
    }

    private long others() throws IOException {
        return countsThreads ? OtherThreads.nanos() : 0;
    }

    private String answers(int count) {
        Peer.Answers given = open(answers);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(count, given.classes().length); i++) {
            text.append(i == 0 ? "" : " ")
                    .append(given.classes()[i])
                    .append(':')
                    .append(given.confidence()[i]);
        }
        return text.toString();
    }

    private static <T> T open(@Nullable T held) {
        if (held == null) {
            throw new IllegalStateException("nothing is open");
        }
        return held;
    }

    private void close() {
        if (trainer != null) {
            trainer.close();
        }
        if (classifier != null) {
            classifier.close();
        }
        trainer = null;
        classifier = null;
        answers = null;
    }

    /** The kernel's count of this process' largest resident memory. */
    public static long peakResidentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return KIBI * Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/self/status has no VmHWM");
    }

    private static String firstLine(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
