package dev.convoke.bench.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An engine with its options: one row of the tables.
 *
 * @param name name for {@code --peers}
 * @param title name in the tables
 * @param home folder, from the repository, that holds {@code target/classes} and {@code target/lib}
 * @param mainClass main class of its JVM
 * @param options JVM options; {@code {threads}} is replaced by the number of threads
 * @param environment variables that its process gets
 * @param use when it is included
 */
record Competitor(
        String name,
        String title,
        String home,
        String mainClass,
        List<String> options,
        Map<String, String> environment,
        Use use) {
    /** The row that all others are compared with. */
    static final String REFERENCE = "convoke";

    private static final String BENCH = "bench";
    private static final String CONVOKE = "dev.convoke.bench.peers.ConvokePeer";
    private static final String DJL = "bench/peers/djl";
    private static final String DJL_MAIN = "dev.convoke.peers.djl.DjlPeer";
    private static final String DL4J = "bench/peers/dl4j";
    private static final String DL4J_MAIN = "dev.convoke.peers.dl4j.Dl4jPeer";
    private static final String DL4J_LIBRARY = "-Dorg.bytedeco.javacpp.platform.extension=";

    // glibc gives a step's arrays back to the system and gets them again, page by page, unless it is told to keep them.
    // That
    // is an option of the process, not of an engine; PyTorch's guide to tuning has another allocator for it.
    private static final Map<String, String> KEPT_HEAP =
            Map.of("MALLOC_MMAP_THRESHOLD_", "1073741824", "MALLOC_TRIM_THRESHOLD_", "1073741824");

    // Outside of a GPU TensorFlow compiles only where it is told so.
    private static final Map<String, String> XLA = Map.of("TF_XLA_FLAGS", "--tf_xla_cpu_global_jit");

    private static final String TENSORFLOW_MAIN = "dev.convoke.peers.tensorflow.TensorFlowPeer";

    /** All rows, in the tables' order. */
    static final List<Competitor> ALL = List.of(
            convoke(REFERENCE, "Convoke float32", "FLOAT32", "AUTO"),
            convoke("convoke-bf16", "Convoke bf16", "BFLOAT16", "AUTO"),
            convoke("convoke-library", "Convoke float32, oneDNN", "FLOAT32", "LIBRARY"),
            libtorch("libtorch", "libtorch", Map.of()),
            libtorch("libtorch-heap", "libtorch, heap kept", KEPT_HEAP),
            tensorflow("tensorflow", "TensorFlow", Use.ALWAYS, "none", Map.of()),
            tensorflow("tensorflow-heap", "TensorFlow, heap kept", Use.ALWAYS, "none", KEPT_HEAP),
            tensorflow(
                    "tensorflow-eigen", "TensorFlow, Eigen", Use.NAMED, "none", Map.of("TF_ENABLE_ONEDNN_OPTS", "0")),
            tensorflow("tensorflow-xla", "TensorFlow, XLA", Use.NAMED, "xla", XLA),
            djl("djl", "PyTorch (DJL)", Use.ALWAYS, "channels_last", "flush", Map.of()),
            djl("djl-heap", "PyTorch (DJL), heap kept", Use.ALWAYS, "channels_last", "flush", KEPT_HEAP),
            djl("djl-contiguous", "PyTorch (DJL), contiguous", Use.NAMED, "contiguous", "flush", Map.of()),
            djl("djl-denormals", "PyTorch (DJL), denormals kept", Use.NAMED, "channels_last", "keep", Map.of()),
            dl4j("dl4j", "Deeplearning4j", Use.ALWAYS, "nchw", "released", "-onednn-avx512"),
            dl4j("dl4j-onednn", "Deeplearning4j, oneDNN forced", Use.ALWAYS, "nchw", "onednn", "-onednn-avx512"),
            dl4j("dl4j-nhwc", "Deeplearning4j, NHWC", Use.NAMED, "nhwc", "released", "-onednn-avx512"),
            dl4j("dl4j-plain", "Deeplearning4j, default build", Use.NAMED, "nchw", "released", ""),
            new Competitor(
                    "onnxruntime",
                    "ONNX Runtime",
                    "bench/peers/onnxruntime",
                    "dev.convoke.peers.onnxruntime.OnnxRuntimePeer",
                    List.of("-Dpeer.threads={threads}"),
                    Map.of(),
                    Use.INFERENCE));

    /** When a row is measured. */
    enum Use {
        /** In every section. */
        ALWAYS,
        /** Engines for inference. */
        INFERENCE,
        /** Where {@code --peers} names it: an option that was tried and found slower. */
        NAMED
    }

    private static Competitor convoke(String name, String title, String precision, String kernels) {
        List<String> options =
                List.of("-Dpeer.threads={threads}", "-Dpeer.precision=" + precision, "-Dpeer.kernels=" + kernels);
        return new Competitor(name, title, BENCH, CONVOKE, options, Map.of(), Use.ALWAYS);
    }

    /**
     * Convoke as another checkout has built it.
     *
     * @param tree its folder
     */
    static Competitor against(Path tree) {
        return new Competitor(
                "convoke-against",
                "Convoke float32 of --against",
                tree.resolve(BENCH).toString(),
                CONVOKE,
                ALL.get(0).options(),
                Map.of(),
                Use.NAMED);
    }

    private static Competitor libtorch(String name, String title, Map<String, String> environment) {
        return new Competitor(
                name,
                title,
                "bench/peers/libtorch",
                "dev.convoke.peers.libtorch.LibTorchPeer",
                List.of("-Dpeer.threads={threads}"),
                environment,
                Use.ALWAYS);
    }

    private static Competitor tensorflow(
            String name, String title, Use use, String compiler, Map<String, String> environment) {
        List<String> options = List.of("-Dpeer.threads={threads}", "-Dpeer.compiler=" + compiler);
        return new Competitor(name, title, "bench/peers/tensorflow", TENSORFLOW_MAIN, options, environment, use);
    }

    private static Competitor djl(
            String name, String title, Use use, String layout, String denormals, Map<String, String> environment) {
        List<String> options = List.of(
                "-Dai.djl.pytorch.num_threads={threads}",
                "-Dai.djl.pytorch.num_interop_threads=1",
                "-Dai.djl.offline=true",
                "-Dpeer.layout=" + layout,
                "-Dpeer.denormals=" + denormals);
        return new Competitor(name, title, DJL, DJL_MAIN, options, environment, use);
    }

    private static Competitor dl4j(
            String name, String title, Use use, String layout, String convolutions, String build) {
        List<String> options =
                List.of(DL4J_LIBRARY + build, "-Dpeer.layout=" + layout, "-Dpeer.convolutions=" + convolutions);
        return new Competitor(name, title, DL4J, DL4J_MAIN, options, Map.of(), use);
    }

    /**
     * The rows of that names, in the tables' order.
     *
     * @param names of {@link #ALL}; empty for those that always run
     * @throws IllegalArgumentException if there is no such row
     */
    static List<Competitor> named(List<String> names) {
        List<String> known = ALL.stream().map(Competitor::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "there is no peer '" + name + "'; the peers are " + String.join(", ", known));
            }
        }
        return ALL.stream()
                .filter(each -> names.isEmpty() ? each.use() != Use.NAMED : names.contains(each.name()))
                .toList();
    }

    /** Whether all others are compared with it. */
    boolean isReference() {
        return name.equals(REFERENCE);
    }

    /** Whether it is Convoke, with whatever options. */
    boolean isConvoke() {
        return mainClass.equals(CONVOKE);
    }

    /** Whether its numbers have eight significant bits. */
    boolean isBfloat16() {
        return name.endsWith("bf16");
    }

    /** Its place in the tables. */
    int place() {
        int place = ALL.indexOf(this);
        return place < 0 ? ALL.size() : place;
    }

    /** Whether it trains. */
    boolean trains() {
        return use != Use.INFERENCE;
    }

    /** JVM options for a number of threads. */
    List<String> options(int threads) {
        List<String> filled = new ArrayList<>();
        for (String option : options) {
            filled.add(option.replace("{threads}", Integer.toString(threads)));
        }
        return filled;
    }

    /** Title and number of threads. */
    String title(int threads) {
        return String.format(Locale.ROOT, "%s, %d thread%s", title, threads, threads == 1 ? "" : "s");
    }
}
