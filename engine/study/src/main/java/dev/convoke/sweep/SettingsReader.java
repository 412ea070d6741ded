package dev.convoke.sweep;

import dev.convoke.datasets.NearestName;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import dev.convoke.model.UpdateRule;
import dev.convoke.settings.LayerCodec;
import dev.convoke.settings.LocatedValue;
import dev.convoke.settings.LossReader;
import dev.convoke.train.EarlyStopping;
import dev.convoke.train.TrainConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/** Makes sense of a run's parameters: every value checked, every objection with file, line and key. */
final class SettingsReader {
    private static final int LARGEST = 1 << 20;
    private static final int MAX_EPOCHS = 100_000;
    private static final int SOME_CLASSES = 10;
    private static final List<String> PADDINGS = List.of("same", "valid");

    private final ParameterMap parameters;

    private SettingsReader(ParameterMap parameters) {
        this.parameters = parameters;
    }

    /**
     * The settings that {@code parameters} mean.
     *
     * @throws ConfigurationException if a value cannot be
     */
    static RunSettings read(ParameterMap parameters) {
        return new SettingsReader(parameters).read();
    }

    private RunSettings read() {
        LocatedValue smoothing = parameters.get("label_smoothing");
        double labelSmoothing = smoothing.number();
        if (labelSmoothing < 0 || labelSmoothing >= 1) {
            throw smoothing.error("must be in [0, 1), not " + labelSmoothing);
        }
        LocatedValue loss = parameters
                .find("loss")
                .orElseGet(() -> LocatedValue.of(smoothing.source(), "loss", Loss.Kind.SOFTMAX_CROSS_ENTROPY.text()));
        RunSettings settings = new RunSettings(network(), LossReader.read(loss, smoothing), training());
        checkMonitors(settings.training(), LossReader.example(loss, smoothing));
        return settings;
    }

    private TrainConfig training() {
        UpdateRule rule = new UpdateRule(
                OptimizerReader.optimizer(parameters.get("optimizer")),
                parameters.find("clipping").map(OptimizerReader::clipping).orElse(UpdateRule.Clipping.NONE),
                parameters
                        .find("accumulation")
                        .map(batches -> batches.positive(LARGEST))
                        .orElse(1),
                parameters.find("averaging").map(SettingsReader::averaging).orElse(0.0));
        return new TrainConfig(
                rule,
                OptimizerReader.schedule(parameters.get("schedule"), learningRate()),
                parameters.get("epochs").positive(MAX_EPOCHS),
                parameters.get("batch_size").positive(LARGEST),
                AugmentationReader.read(parameters.get("augmentation")),
                StoppingReader.earlyStopping(parameters.get("early_stopping")),
                parameters.find("plateau").flatMap(StoppingReader::plateau));
    }

    /** Only some losses define a training accuracy. */
    private void checkMonitors(TrainConfig training, Loss loss) {
        boolean counts = loss.metrics().contains(Loss.Metric.ACCURACY);
        String message =
                "the loss " + loss.kind().text() + " does not count train_accuracy; monitor val_accuracy or a loss";
        if (!counts
                && training.earlyStopping()
                        .filter(rule -> isTrainAccuracy(rule.monitor()))
                        .isPresent()) {
            throw parameters.get("early_stopping").error(message);
        }
        if (!counts
                && training.plateau()
                        .filter(rule -> isTrainAccuracy(rule.monitor()))
                        .isPresent()) {
            throw parameters.get("plateau").error(message);
        }
    }

    private static boolean isTrainAccuracy(EarlyStopping.Monitor monitor) {
        return monitor == EarlyStopping.Monitor.TRAIN_ACCURACY;
    }

    private static double averaging(LocatedValue setting) {
        if (setting.isNone()) {
            return 0;
        }
        double decay = setting.number();
        if (!(decay > 0 && decay < 1)) {
            throw setting.error("must be in (0, 1), or be none, not " + decay);
        }
        return decay;
    }

    private double learningRate() {
        LocatedValue setting = parameters.get("learning_rate");
        double rate = setting.number();
        if (rate <= 0) {
            throw setting.error("must be positive, not " + rate);
        }
        return rate;
    }

    private NetworkSettings network() {
        if (parameters.has("layers")) {
            return new NetworkSettings.Layers(LayerCodec.read(parameters.get("layers")));
        }
        LocatedValue activation = parameters.get("activation");
        LocatedValue function = activation.isMap() ? entry(activation, "name", List.of("name", "slope")) : activation;
        LocatedValue slope = activation.isMap() ? activation.map().get("slope") : null;
        NetworkSettings.PenaltyScope l1 = penalty(parameters.get("l1"));
        NetworkSettings.PenaltyScope l2 = penalty(parameters.get("l2"));
        NetworkSettings.Blocks network = new NetworkSettings.Blocks(
                blocks(parameters.get("blocks")),
                dense(parameters.get("dense")),
                function.constant(ActivationFunction.class),
                slope == null ? Activation.DEFAULT_SLOPE : slope.number(),
                dropout(parameters.get("dropout")),
                l1,
                l2,
                parameters.get("batch_norm").constant(NetworkSettings.Normalization.class));
        checkScope(parameters.get("l1"), l1, network);
        checkScope(parameters.get("l2"), l2, network);
        return network;
    }

    private static LocatedValue entry(LocatedValue map, String key, List<String> keys) {
        LocatedValue found = map.map(keys).get(key);
        if (found == null) {
            throw map.error("needs '" + key + "'");
        }
        return found;
    }

    private static List<NetworkSettings.Block> blocks(LocatedValue setting) {
        List<NetworkSettings.Block> blocks = new ArrayList<>();
        if (setting.isNone()) {
            return blocks;
        }
        for (LocatedValue element : setting.list()) {
            Map<String, LocatedValue> entries = element.map(List.of("filters", "kernel", "padding"));
            LocatedValue kernel = entries.get("kernel");
            LocatedValue padding = entries.get("padding");
            blocks.add(new NetworkSettings.Block(
                    entry(element, "filters", List.of("filters", "kernel", "padding"))
                            .positive(LARGEST),
                    kernel == null ? 3 : kernel.positive(1024),
                    padding == null || padding.oneOf(PADDINGS).equals("valid") ? Padding.VALID : Padding.SAME));
        }
        return blocks;
    }

    private static List<Integer> dense(LocatedValue setting) {
        if (setting.isNone()) {
            return List.of();
        }
        return setting.isList()
                ? setting.list().stream().map(units -> units.positive(LARGEST)).toList()
                : List.of(setting.positive(LARGEST));
    }

    private static OptionalDouble dropout(LocatedValue setting) {
        if (setting.isNone()) {
            return OptionalDouble.empty();
        }
        double rate = setting.number();
        if (rate < 0 || rate >= 1) {
            throw setting.error("must be in [0, 1), or be none, not " + rate);
        }
        return OptionalDouble.of(rate);
    }

    private static NetworkSettings.PenaltyScope penalty(LocatedValue setting) {
        if (setting.isNone()) {
            return NetworkSettings.PenaltyScope.NONE;
        }
        List<String> everywhere =
                List.of(NetworkSettings.PenaltyScope.CONVOLUTIONS, NetworkSettings.PenaltyScope.DENSE);
        if (!setting.isMap()) {
            return scope(setting, everywhere);
        }
        LocatedValue layers = setting.map(List.of("rate", "layers")).get("layers");
        LocatedValue rate = entry(setting, "rate", List.of("rate", "layers"));
        return scope(
                rate,
                layers == null
                        ? everywhere
                        : layers.list().stream().map(LocatedValue::text).toList());
    }

    private static NetworkSettings.PenaltyScope scope(LocatedValue rate, List<String> layers) {
        double lambda = rate.number();
        rate.check(() -> new Penalty(lambda, 0));
        return new NetworkSettings.PenaltyScope(lambda, layers);
    }

    /** Every layer that a penalty names must be there and have a kernel. */
    private static void checkScope(
            LocatedValue setting, NetworkSettings.PenaltyScope scope, NetworkSettings.Blocks network) {
        Set<String> names = new TreeSet<>(Set.of(
                NetworkSettings.PenaltyScope.CONVOLUTIONS,
                NetworkSettings.PenaltyScope.DENSE,
                NetworkSettings.PenaltyScope.LOGITS));
        for (Node node : ModelBuilder.nodes(network, SOME_CLASSES)) {
            Layer.Group group = node.layer().kind().group();
            if (group == Layer.Group.CONVOLUTION || group == Layer.Group.DENSE) {
                names.add(node.layer().name());
            }
        }
        for (String layer : scope.layers()) {
            if (!names.contains(layer)) {
                throw setting.error("no layer '" + layer + "' has a kernel" + NearestName.hint(names, layer));
            }
        }
    }
}
