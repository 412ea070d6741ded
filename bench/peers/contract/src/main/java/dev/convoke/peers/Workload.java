package dev.convoke.peers;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The work of every peer: a network with its weights, and images in the order of training or inference.
 *
 * @param run name of the run that the network belongs to
 * @param nodes the layers in topological order; the last gives the logits
 * @param weights the state before the first step
 * @param batch images per step, N
 * @param height of an image
 * @param width of an image
 * @param pixels {@code [steps * batch, height, width]}, unsigned; a network reads {@code pixel / 255}
 * @param labels {@code [steps * batch]}
 * @param classes number of classes
 * @param learningRate of Adam, with beta1 0.9, beta2 0.999, epsilon 1e-7
 * @param onnx the same network as an ONNX model; empty for training
 */
public record Workload(
        String run,
        List<Node> nodes,
        List<Weights> weights,
        int batch,
        int height,
        int width,
        byte[] pixels,
        byte[] labels,
        int classes,
        float learningRate,
        byte[] onnx) {
    /** Adam's decay of the mean. */
    public static final float BETA_1 = 0.9f;
    /** Adam's decay of the square. */
    public static final float BETA_2 = 0.999f;
    /** Keras' epsilon, which the report's runs use. */
    public static final float EPSILON = 1e-7f;

    /** First in every file; another number is another form of it. */
    private static final int FORMAT = 0x43565702;

    private static final float WHITE = 255;

    public Workload {
        nodes = List.copyOf(nodes);
        weights = List.copyOf(weights);
    }

    /** Whether every layer reads the one before it. */
    public boolean isChain() {
        String last = Node.INPUT;
        for (Node node : nodes) {
            if (!node.from().equals(List.of(last))) {
                return false;
            }
            last = node.layer().name();
        }
        return true;
    }

    /** Whole batches. */
    public int steps() {
        return labels.length / batch;
    }

    /** The weights of that name. */
    public Weights weights(String name) {
        return weights.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the workload has no weights '" + name + "'"));
    }

    /** The same work with dropout layers that keep everything. */
    public Workload withoutDropout() {
        List<Node> kept = nodes.stream()
                .map(node -> node.layer() instanceof Layer.Dropout dropout
                        ? new Node(new Layer.Dropout(dropout.name(), 0), node.from())
                        : node)
                .toList();
        return new Workload(run, kept, weights, batch, height, width, pixels, labels, classes, learningRate, onnx);
    }

    /** Writes the pixels of a step's images, scaled to 0 to 1, into {@code target}: {@code [batch, height, width]}. */
    public void scale(int step, float[] target) {
        int values = batch * height * width;
        int from = step * values;
        for (int i = 0; i < values; i++) {
            target[i] = (pixels[from + i] & 0xff) / WHITE;
        }
    }

    /** The class of image {@code index}. */
    public int label(int index) {
        return labels[index] & 0xff;
    }

    /** Writes the file. */
    public void write(Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(FORMAT);
            out.writeUTF(run);
            out.writeInt(nodes.size());
            for (Node node : nodes) {
                out.writeUTF(node.layer().text());
                out.writeInt(node.from().size());
                for (String name : node.from()) {
                    out.writeUTF(name);
                }
            }
            out.writeInt(weights.size());
            for (Weights each : weights) {
                write(out, each);
            }
            for (int number : new int[] {batch, height, width, classes}) {
                out.writeInt(number);
            }
            out.writeFloat(learningRate);
            for (byte[] bytes : List.of(pixels, labels, onnx)) {
                out.writeInt(bytes.length);
                out.write(bytes);
            }
        }
    }

    private static void write(DataOutputStream out, Weights weights) throws IOException {
        out.writeUTF(weights.name());
        out.writeInt(weights.shape().length);
        for (int axis : weights.shape()) {
            out.writeInt(axis);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * weights.values().length);
        bytes.asFloatBuffer().put(weights.values());
        out.write(bytes.array());
    }

    /**
     * Reads a file that {@link #write} wrote.
     *
     * @throws IOException if it cannot be read, or another version of the bench wrote it
     */
    public static Workload read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (in.readInt() != FORMAT) {
                throw new IOException("the work is written in another version's form; build both sides from one tree");
            }
            String run = in.readUTF();
            List<Node> nodes = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                nodes.add(readNode(in));
            }
            List<Weights> weights = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                weights.add(readWeights(in));
            }
            int batch = in.readInt();
            int height = in.readInt();
            int width = in.readInt();
            int classes = in.readInt();
            float learningRate = in.readFloat();
            byte[] pixels = readBytes(in, in.readInt());
            byte[] labels = readBytes(in, in.readInt());
            byte[] onnx = readBytes(in, in.readInt());
            return new Workload(run, nodes, weights, batch, height, width, pixels, labels, classes, learningRate, onnx);
        }
    }

    private static Node readNode(DataInputStream in) throws IOException {
        Layer layer = Layer.parse(in.readUTF());
        List<String> from = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            from.add(in.readUTF());
        }
        return new Node(layer, from);
    }

    private static Weights readWeights(DataInputStream in) throws IOException {
        String name = in.readUTF();
        int[] shape = new int[in.readInt()];
        int size = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = in.readInt();
            size *= shape[i];
        }
        float[] values = new float[size];
        ByteBuffer.wrap(readBytes(in, Float.BYTES * size)).asFloatBuffer().get(values);
        return new Weights(name, shape, values);
    }

    private static byte[] readBytes(DataInputStream in, int count) throws IOException {
        byte[] bytes = new byte[count];
        in.readFully(bytes);
        return bytes;
    }
}
