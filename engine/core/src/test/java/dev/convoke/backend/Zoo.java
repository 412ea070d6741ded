package dev.convoke.backend;

import static dev.convoke.backend.Networks.convolution;
import static dev.convoke.backend.Networks.dense;
import static dev.convoke.backend.Networks.normalization;
import static dev.convoke.backend.Networks.relu;

import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Add;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Size;
import dev.convoke.model.Window;
import java.util.ArrayList;
import java.util.List;

/** Networks that others have published, at any width. */
public final class Zoo {
    private final List<Node> nodes = new ArrayList<>();

    private Zoo() {}

    /** LeNet-5 as it is taught today, with tanh and mean poolings (LeCun et al. 1998). */
    public static ModelSpec leNet5(ImageShape input) {
        Zoo zoo = new Zoo();
        zoo.add(convolution("conv1", 6, 5, 1, Padding.SAME));
        zoo.add(tanh("conv1_tanh"));
        zoo.add(new AveragePooling("pool1", 2, 2, Padding.VALID));
        zoo.add(convolution("conv2", 16, 5, 1, Padding.VALID));
        zoo.add(tanh("conv2_tanh"));
        zoo.add(new AveragePooling("pool2", 2, 2, Padding.VALID));
        zoo.add(new Flatten("flatten"));
        zoo.add(dense("dense1", 120));
        zoo.add(tanh("dense1_tanh"));
        zoo.add(dense("dense2", 84));
        zoo.add(tanh("dense2_tanh"));
        zoo.add(dense("dense3", 10));
        return zoo.model("lenet-5", input, 10);
    }

    /**
     * Two 3x3 convolutions a block, the pooling behind them (Simonyan and Zisserman 2015).
     *
     * @param widths filters of each block
     * @param normalized whether batch normalization, with convolutions without bias, stands before each ReLU
     */
    public static ModelSpec vgg(ImageShape input, boolean normalized, int... widths) {
        Zoo zoo = new Zoo();
        for (int block = 1; block <= widths.length; block++) {
            for (int each = 1; each <= 2; each++) {
                String name = "conv" + block + "_" + each;
                zoo.add(new Convolution(
                        name,
                        widths[block - 1],
                        0,
                        Window.square(3, 1, Padding.SAME),
                        1,
                        !normalized,
                        Penalty.NONE,
                        ParameterRule.NORMAL));
                if (normalized) {
                    zoo.add(normalization(name + "_norm"));
                }
                zoo.add(relu(name + "_relu"));
            }
            zoo.add(new MaxPooling("pool" + block, 2, 2, Padding.VALID));
        }
        zoo.add(new Flatten("flatten"));
        zoo.add(dense("dense1", 2 * widths[widths.length - 1]));
        zoo.add(relu("dense1_relu"));
        zoo.add(new Dropout("dropout", 0.5));
        zoo.add(dense("dense2", 10));
        return zoo.model(normalized ? "vgg, normalized" : "vgg", input, 10);
    }

    /**
     * ResNet-8 as MLPerf Tiny has it: three residual blocks, the second and third with a projection (He et al. 2016, Banbury
     * et al. 2021).
     *
     * @param width filters of the first block; 16 as published
     */
    public static ModelSpec resNet8(ImageShape input, int width) {
        Zoo zoo = new Zoo();
        zoo.add(convolution("stem", width, 3, 1, Padding.SAME));
        zoo.add(normalization("stem_norm"));
        zoo.add(relu("stem_relu"));
        String last = zoo.block("block1", "stem_relu", width, 1);
        last = zoo.block("block2", last, 2 * width, 2);
        zoo.block("block3", last, 4 * width, 2);
        zoo.add(new GlobalAveragePooling("mean"));
        zoo.add(dense("dense", 10));
        return zoo.model("resnet-8", input, 10);
    }

    private String block(String name, String from, int filters, int stride) {
        nodes.add(Node.of(convolution(name + "_conv1", filters, 3, stride, Padding.SAME), from));
        add(normalization(name + "_norm1"));
        add(relu(name + "_relu1"));
        add(convolution(name + "_conv2", filters, 3, 1, Padding.SAME));
        add(normalization(name + "_norm2"));
        String shortcut = from;
        if (stride > 1) {
            shortcut = name + "_projection";
            nodes.add(Node.of(convolution(shortcut, filters, 1, stride, Padding.SAME), from));
        }
        nodes.add(Node.of(new Add(name + "_add"), name + "_norm2", shortcut));
        add(relu(name + "_relu"));
        return name + "_relu";
    }

    /**
     * The network of depthwise convolutions that MLPerf Tiny spots keywords with, four of them (Zhang et al. 2017, Banbury et
     * al. 2021).
     *
     * @param width channels; 64 as published
     */
    public static ModelSpec depthwise(ImageShape input, int width) {
        Zoo zoo = new Zoo();
        Window stem = new Window(new Size(10, 4), Size.square(2), Size.ONE, Padding.SAME);
        zoo.add(new Convolution("stem", width, 0, stem, 1, true, Penalty.NONE, ParameterRule.NORMAL));
        zoo.add(normalization("stem_norm"));
        zoo.add(relu("stem_relu"));
        zoo.add(new Dropout("dropout1", 0.2));
        for (int block = 1; block <= 4; block++) {
            zoo.add(Convolution.depthwise("depth" + block, 1, Window.square(3, 1, Padding.SAME), true));
            zoo.add(normalization("depth" + block + "_norm"));
            zoo.add(relu("depth" + block + "_relu"));
            zoo.add(convolution("point" + block, width, 1, 1, Padding.SAME));
            zoo.add(normalization("point" + block + "_norm"));
            zoo.add(relu("point" + block + "_relu"));
        }
        zoo.add(new Dropout("dropout2", 0.4));
        zoo.add(new GlobalAveragePooling("mean"));
        zoo.add(dense("dense", 12));
        return zoo.model("depthwise", input, 12);
    }

    private static Activation tanh(String name) {
        return new Activation(name, ActivationFunction.TANH);
    }

    private void add(Layer layer) {
        nodes.add(Node.of(layer));
    }

    private ModelSpec model(String name, ImageShape input, int classes) {
        return new ModelSpec(name, input, nodes, Loss.SoftmaxCrossEntropy.of(classes, 0));
    }
}
