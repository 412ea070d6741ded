package dev.convoke.peers.dl4j;

import dev.convoke.peers.Layer;
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
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
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
    private final CNN2DFormat format;
    private final MultiLayerNetwork network;
    private final Map<String, Integer> places = new LinkedHashMap<>(); // of Deeplearning4j's layers, by name
    private final float[] pixels;

    Dl4jNetwork(Workload workload, CNN2DFormat format, Dl4jPeer.Convolutions convolutions) {
        this.workload = workload;
        this.format = format;
        pixels = new float[workload.batch() * workload.height() * workload.width()];
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .trainingWorkspaceMode(WorkspaceMode.ENABLED)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
                .updater(new Adam(workload.learningRate(), Workload.BETA_1, Workload.BETA_2, Workload.EPSILON))
                .list();
        for (int i = 0; i < workload.layers().size(); i++) {
            add(list, workload.layers().get(i), i);
        }
        list.setInputType(InputType.convolutional(workload.height(), workload.width(), 1, format));
        network = new MultiLayerNetwork(list.build());
        network.init();
        if (convolutions == Dl4jPeer.Convolutions.ONEDNN) {
            OneDnnHelpers.putInto(network);
        }
        load();
    }

    private void add(NeuralNetConfiguration.ListBuilder list, Layer layer, int index) {
        List<Layer> layers = workload.layers();
        boolean rectified = index + 1 < layers.size() && layers.get(index + 1) instanceof Layer.Relu;
        Activation activation = rectified ? Activation.RELU : Activation.IDENTITY;
        if (layer instanceof Layer.Convolution c) {
            add(
                    list,
                    layer,
                    new ConvolutionLayer.Builder(c.kernel(), c.kernel())
                            .nIn(c.inputs())
                            .nOut(c.filters())
                            .padding(c.padding(), c.padding())
                            .convolutionMode(ConvolutionMode.Truncate)
                            .dataFormat(format)
                            .activation(activation)
                            .build());
        } else if (layer instanceof Layer.MaxPooling p) {
            add(
                    list,
                    layer,
                    new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                            .kernelSize(p.size(), p.size())
                            .stride(p.size(), p.size())
                            .convolutionMode(ConvolutionMode.Truncate)
                            .dataFormat(format)
                            .build());
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
                            .activation(Activation.SOFTMAX)
                            .build());
        } else if (layer instanceof Layer.Dense d) {
            add(
                    list,
                    layer,
                    new DenseLayer.Builder()
                            .nIn(d.inputs())
                            .nOut(d.units())
                            .activation(activation)
                            .build());
        } else if (layer instanceof Layer.Dropout d && d.rate() > 0) {
            // Deeplearning4j names the share that is kept.
            add(list, layer, new DropoutLayer.Builder(1 - d.rate()).build());
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
            String[] name = each.name().split("/", -1);
            network.setParam(places.get(name[0]) + "_" + ROLES.get(name[1]), translated(name[0], each));
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
        Layer before = workload.layers().get(indexOf(layer) - 1);
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
        return workload.layers().stream().map(Layer::name).toList().indexOf(layer);
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
