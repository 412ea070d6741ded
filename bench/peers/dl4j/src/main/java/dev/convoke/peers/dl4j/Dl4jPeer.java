package dev.convoke.peers.dl4j;

import dev.convoke.peers.Peer;
import dev.convoke.peers.PeerServer;
import dev.convoke.peers.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Deeplearning4j with its workspaces on.
 *
 * <p>Properties: {@code peer.layout} is {@code nchw} or {@code nhwc}; {@code peer.convolutions} is {@code released} or {@code
 * onednn}, see {@link OneDnnHelpers}. {@code OMP_NUM_THREADS} sets the threads.
 */
public final class Dl4jPeer implements Peer {
    private static final String VERSION = "1.0.0-M2.1";
    private static final String LIBRARY = "libnd4jcpu.so";

    private final CNN2DFormat format;
    private final Convolutions convolutions;

    private Dl4jPeer(CNN2DFormat format, Convolutions convolutions) {
        this.format = format;
        this.convolutions = convolutions;
        Nd4j.create(1).close();
    }

    /** Runs the peer process. */
    public static void main(String[] arguments) throws IOException {
        PeerServer.serve(() -> new Dl4jPeer(
                CNN2DFormat.valueOf(property("peer.layout", "nchw")),
                Convolutions.valueOf(property("peer.convolutions", "released"))));
    }

    private static String property(String name, String fallback) {
        return System.getProperty(name, fallback).toUpperCase(Locale.ROOT);
    }

    @Override
    public String describe() {
        return "Deeplearning4j " + VERSION + ", " + Nd4j.getBackend().getClass().getSimpleName() + " " + library()
                + ", "
                + format + ", workspaces, convolutions: " + convolutions.name().toLowerCase(Locale.ROOT) + ", "
                + Nd4j.getEnvironment().maxThreads() + " threads";
    }

    /** The folder of the native library that was loaded, which says for which instruction set it was built. */
    private static String library() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                if (line.endsWith("/" + LIBRARY)) {
                    String folder = line.substring(0, line.lastIndexOf('/'));
                    return folder.substring(folder.lastIndexOf('/') + 1);
                }
            }
            return "";
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }

    @Override
    public Trainer train(Workload workload) {
        return new Dl4jTrainer(workload, format, convolutions);
    }

    @Override
    public Classifier classify(Workload workload) {
        return new Dl4jClassifier(workload, format, convolutions);
    }

    /** Implementation of convolutions. */
    enum Convolutions {
        /** The default of the release: unfolded images and a matrix product. */
        RELEASED,
        /** oneDNN, by the helper that the release has and does not use. */
        ONEDNN
    }
}
