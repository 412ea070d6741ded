package dev.convoke.peers.dl4j;

import dev.convoke.peers.Layer;
import dev.convoke.peers.Node;
import dev.convoke.peers.Weights;
import dev.convoke.peers.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** The workload's network in Deeplearning4j's layers; a ReLU belongs to the layer before it. */
final class Dl4jNetwork {
    private static final Map<String, String> ROLES = Map.of(
            "kernel", "W",
            "bias", "b",
            "gamma", "gamma",
            "beta", "beta",
            "running_mean", "mean",
            "running_variance", "var");

    private final Workload workload;
    private final List<Layer> layers;
    private final CNN2DFormat format;
    private final MultiLayerNetwork network;
    private final Map<String, Integer> places = new LinkedHashMap<>(); // of Deeplearning4j's layers, by name
    private final float[] pixels;

    Dl4jNetwork(Workload workload, CNN2DFormat format, Dl4jPeer.Convolutions convolutions) {
        this.workload = workload;
        layers = workload.nodes().stream().map(Node::layer).toList();
        this.format = format;
        pixels = new float[workload.batch() * workload.height() * workload.width()];
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .trainingWorkspaceMode(WorkspaceMode.ENABLED)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
                .updater(new Adam(workload.learningRate(), Workload.BETA_1, Workload.BETA_2, Workload.EPSILON))
                .list();
        if (!workload.isChain()) {
            throw new UnsupportedOperationException(
                    "the bench drives Deeplearning4j's MultiLayerNetwork, in which no layer reads two");
        }
        ImageSize size = new ImageSize(workload.height(), workload.width());
        for (int i = 0; i < layers.size(); i++) {
            if (!isTakenAlong(i)) {
                add(list, layers.get(i), i, size);
            }
            size = size.behind(layers.get(i));
        }
        list.setInputType(InputType.convolutional(workload.height(), workload.width(), 1, format));
        network = new MultiLayerNetwork(list.build());
        network.init();
        if (convolutions == Dl4jPeer.Convolutions.ONEDNN) {
            OneDnnHelpers.putInto(network);
        }
        load();
    }

    /** Whether a ReLU belongs to the layer before it. */
    private boolean isTakenAlong(int index) {
        if (index == 0 || !layers.get(index).isRelu()) {
            return false;
        }
        Layer before = layers.get(index - 1);
        return before instanceof Layer.Convolution
                || before instanceof Layer.BatchNormalization
                || before instanceof Layer.Dense;
    }

    private void add(NeuralNetConfiguration.ListBuilder list, Layer layer, int index, ImageSize size) {
        boolean rectified = index + 1 < layers.size() && isTakenAlong(index + 1);
        Activation activation = rectified ? Activation.RELU : Activation.IDENTITY;
        if (layer instanceof Layer.Convolution c) {
            add(list, layer, convolution(c, activation, size));
        } else if (layer instanceof Layer.Activation a) {
            add(list, layer, new ActivationLayer(function(a)));
        } else if (layer instanceof Layer.Pooling p) {
            add(list, layer, pooling(p, size));
        } else if (layer instanceof Layer.GlobalPooling g) {
            add(
                    list,
                    layer,
                    new GlobalPoolingLayer(g.reduction() == Layer.Reduction.MAX ? PoolingType.MAX : PoolingType.AVG));
        } else if (layer instanceof Layer.BatchNormalization b) {
            add(
                    list,
                    layer,
                    new BatchNormalization.Builder()
                            .nOut(b.channels())
                            .decay(b.momentum())
                            .eps(b.epsilon())
                            .useLogStd(false)
                            .dataFormat(format)
                            .activation(activation)
                            .build());
        } else if (layer instanceof Layer.Dense d && index == layers.size() - 1) {
            add(
                    list,
                    layer,
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                            .nIn(d.inputs())
                            .nOut(d.units())
                            .hasBias(d.bias())
                            .activation(Activation.SOFTMAX)
                            .build());
        } else if (layer instanceof Layer.Dense d) {
            add(
                    list,
                    layer,
                    new DenseLayer.Builder()
                            .nIn(d.inputs())
                            .nOut(d.units())
                            .hasBias(d.bias())
                            .activation(activation)
                            .build());
        } else if (layer instanceof Layer.Dropout d && d.rate() > 0) {
            // Deeplearning4j names the share that is kept.
            add(list, layer, new DropoutLayer.Builder(1 - d.rate()).build());
        }
    }

    private ConvolutionLayer convolution(Layer.Convolution layer, Activation activation, ImageSize size) {
        if (layer.groups() != 1) {
            throw new UnsupportedOperationException(
                    "the bench does not drive Deeplearning4j's convolutions of channels by themselves, as '"
                            + layer.name() + "'");
        }
        Layer.Window w = layer.window();
        ConvolutionLayer.Builder builder = new ConvolutionLayer.Builder(w.height(), w.width())
                .nIn(layer.inputs())
                .nOut(layer.filters())
                .stride(w.down(), w.across())
                .dilation(w.dilationDown(), w.dilationAcross())
                .convolutionMode(mode(layer, w, size))
                .hasBias(layer.bias())
                .dataFormat(format)
                .activation(activation);
        return (w.isSymmetric() ? builder.padding(w.top(), w.left()) : builder).build();
    }

    private SubsamplingLayer pooling(Layer.Pooling layer, ImageSize size) {
        Layer.Window w = layer.window();
        SubsamplingLayer.PoolingType type = layer.reduction() == Layer.Reduction.MAX
                ? SubsamplingLayer.PoolingType.MAX
                : SubsamplingLayer.PoolingType.AVG;
        SubsamplingLayer.Builder builder = new SubsamplingLayer.Builder(type)
                .kernelSize(w.height(), w.width())
                .stride(w.down(), w.across())
                .convolutionMode(mode(layer, w, size))
                .dataFormat(format);
        return (w.isSymmetric() ? builder.padding(w.top(), w.left()) : builder).build();
    }

    private static ConvolutionMode mode(Layer layer, Layer.Window window, ImageSize size) {
        if (window.isSymmetric()) {
            return ConvolutionMode.Truncate;
        }
        if (window.isSame(size.rows(), size.columns())) {
            return ConvolutionMode.Same;
        }
        throw new UnsupportedOperationException("Deeplearning4j has no padding like that of '" + layer.name() + "'");
    }

    private static IActivation function(Layer.Activation layer) {
        return switch (layer.function()) {
            case RELU -> Activation.RELU.getActivationFunction();
            case LEAKY_RELU -> new ActivationLReLU(layer.slope());
            case GELU -> new ActivationGELU(true);
            case TANH -> Activation.TANH.getActivationFunction();
            case SIGMOID -> Activation.SIGMOID.getActivationFunction();
        };
    }

    /** Rows and columns that a layer reads. */
    private record ImageSize(int rows, int columns) {
        ImageSize behind(Layer layer) {
            if (layer instanceof Layer.Convolution c) {
                return behind(c.window());
            }
            if (layer instanceof Layer.Pooling p) {
                return behind(p.window());
            }
            return layer instanceof Layer.GlobalPooling || layer instanceof Layer.Flatten ? new ImageSize(1, 1) : this;
        }

        private ImageSize behind(Layer.Window w) {
            int high = rows + w.top() + w.bottom() - (w.height() - 1) * w.dilationDown() - 1;
            int wide = columns + w.left() + w.right() - (w.width() - 1) * w.dilationAcross() - 1;
            return new ImageSize(high / w.down() + 1, wide / w.across() + 1);
        }
    }

    private void add(
            NeuralNetConfiguration.ListBuilder list, Layer layer, org.deeplearning4j.nn.conf.layers.Layer translation) {
        places.put(layer.name(), places.size());
        list.layer(translation);
    }

    MultiLayerNetwork network() {
        return network;
    }

    /** Sets the workload's weights, and optimizer state as it is before the first step. */
    void load() {
        for (Weights each : workload.weights()) {
            int slash = each.name().lastIndexOf('/');
            String layer = each.name().substring(0, slash);
            String role = each.name().substring(slash + 1);
            network.setParam(places.get(layer) + "_" + ROLES.get(role), translated(layer, each));
        }
        network.getUpdater().getStateViewArray().assign(0);
        network.getLayerWiseConfigurations().setIterationCount(0);
    }

    /** Convolutions OIHW whatever the images' layout; dense [in, out]; the rest [1, C]. */
    private INDArray translated(String layer, Weights weights) {
        int[] shape = weights.shape();
        INDArray array = Nd4j.createFromArray(weights.values());
        if (shape.length == 4) {
            return array.reshape(shape[0], shape[1], shape[2], shape[3]);
        }
        if (shape.length == 2) {
            return inputsInOrder(layer, array.reshape(shape[0], shape[1])).transpose();
        }
        return array.reshape(1, shape[0]);
    }

    /** The inputs of the dense layer behind flattening, [out, in], in the order that {@link #format} flattens them in. */
    private INDArray inputsInOrder(String layer, INDArray kernel) {
        Layer before = layers.get(indexOf(layer) - 1);
        if (format == CNN2DFormat.NCHW || !(before instanceof Layer.Flatten flatten)) {
            return kernel;
        }
        long units = kernel.size(0);
        return kernel.reshape(units, flatten.channels(), flatten.height(), flatten.width())
                .permute(0, 2, 3, 1)
                .dup('c')
                .reshape(units, kernel.size(1));
    }

    private int indexOf(String layer) {
        return layers.stream().map(Layer::name).toList().indexOf(layer);
    }

    /** A step's images, {@code [N, 1, H, W]} or {@code [N, H, W, 1]}. */
    INDArray images(int step) {
        workload.scale(step, pixels);
        INDArray flat = Nd4j.createFromArray(pixels);
        int n = workload.batch();
        return format == CNN2DFormat.NCHW
                ? flat.reshape(n, 1, workload.height(), workload.width())
                : flat.reshape(n, workload.height(), workload.width(), 1);
    }

    /** A step's labels, one-hot, {@code [N, classes]}. */
    INDArray labels(int step) {
        int n = workload.batch();
        float[] oneHot = new float[n * workload.classes()];
        for (int i = 0; i < n; i++) {
            oneHot[i * workload.classes() + workload.label(step * n + i)] = 1;
        }
        return Nd4j.createFromArray(oneHot).reshape(n, workload.classes());
    }
}
