package dev.convoke.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Add;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Concatenate;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Flatten;
import dev.convoke.model.GlobalMaxPooling;
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
import dev.convoke.peers.Workload;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.sweep.ModelBuilder;
import dev.convoke.sweep.Suites;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models survive their translation for the peers. */
class NetworksTest {
    private static final ImageShape MNIST = new ImageShape(1, 28, 28);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base-adam",
                "batch-norm",
                "four-blocks",
                "two-blocks",
                "lenet-5",
                "vgg",
                "vgg-batch-norm",
                "resnet-8",
                "depthwise"
            })
    void networksComeBackAsTheyWere(String run) {
        ModelSpec model = ModelBuilder.build(run, Suites.run(run).settings(), MNIST, 10);
        comesBack(model);
    }

    /** What no built-in network has: gaps, unequal sides, groups, and every other layer. */
    @Test
    void everyLayerComesBackAsItWas() {
        Window odd = new Window(new Size(3, 2), new Size(2, 1), new Size(1, 2), Padding.of(0, 1, 1, 2));
        Window pool = new Window(new Size(3, 2), new Size(2, 1), Size.ONE, Padding.of(1, 0, 0, 1));
        List<Node> nodes = List.of(
                Node.of(new Convolution("wide", 4, 0, odd, 1, true, Penalty.NONE, ParameterRule.NORMAL)),
                Node.of(new Activation("leaky", ActivationFunction.LEAKY_RELU, 0.25)),
                Node.of(new Convolution(
                        "parts",
                        6,
                        0,
                        Window.square(3, 1, Padding.SAME),
                        2,
                        false,
                        Penalty.NONE,
                        ParameterRule.NORMAL)),
                Node.of(new Activation("gelu", ActivationFunction.GELU)),
                Node.of(Convolution.depthwise("depth", 2, Window.square(3, 1, Padding.SAME), true)),
                Node.of(new Concatenate("both"), "depth", "leaky"),
                Node.of(new MaxPooling("largest", pool)),
                Node.of(new AveragePooling("mean", pool), "both"),
                Node.of(new Add("sum"), "largest", "mean", "largest"),
                Node.of(new Activation("tanh", ActivationFunction.TANH)),
                Node.of(new GlobalMaxPooling("peak")),
                Node.of(new Dense("logits", 10, false, Penalty.NONE, ParameterRule.NORMAL)));
        comesBack(new ModelSpec("odd", MNIST, nodes, Loss.SoftmaxCrossEntropy.of(10, 0)));
    }

    /** Padding comes back in zeros, so that what is compared are the plans: windows, wiring, shapes, parameters. */
    private static void comesBack(ModelSpec model) {
        Plan plan = PlanCompiler.compile(model, 1, Precision.FLOAT32);
        Workload workload = new Workload(
                model.name(),
                Networks.nodes(plan),
                List.of(),
                1,
                28,
                28,
                new byte[784],
                new byte[1],
                10,
                0.001f,
                new byte[0]);
        Plan back = PlanCompiler.compile(Networks.model(workload), 1, Precision.FLOAT32);
        assertEquals(workload.nodes(), Networks.nodes(back));
        assertEquals(plan.parameters(), back.parameters());
        assertEquals(plan.slots(), back.slots());
        assertEquals(
                plan.ops().stream().map(op -> op.layer().kind()).toList(),
                back.ops().stream().map(op -> op.layer().kind()).toList());
    }

    @Test
    void aLayerThatPeersDoNotHaveIsRefused() {
        List<Layer> layers = List.of(
                new BatchNormalization(
                        "unscaled", 0.9, 1e-3, false, true, BatchNormalization.Variance.BIASED, ParameterRule.NORMAL),
                new Flatten("flatten"),
                new Dense("logits", 10, Penalty.NONE));
        Plan plan = PlanCompiler.compile(new ModelSpec("bare", MNIST, 10, layers, 0), 1, Precision.FLOAT32);
        UnsupportedNetworkException refused =
                assertThrows(UnsupportedNetworkException.class, () -> Networks.nodes(plan));
        assertTrue(refused.getMessage().contains("unscaled"), refused.getMessage());
    }

    @Test
    void aLossThatPeersDoNotTrainIsRefused() {
        List<Node> nodes = List.of(Node.of(new Flatten("flatten")), Node.of(new Dense("numbers", 2, Penalty.NONE)));
        ModelSpec model = new ModelSpec("regression", MNIST, nodes, new Loss.MeanSquaredError(2));
        Plan plan = PlanCompiler.compile(model, 1, Precision.FLOAT32);
        UnsupportedNetworkException refused =
                assertThrows(UnsupportedNetworkException.class, () -> Networks.nodes(plan));
        assertTrue(refused.getMessage().contains("softmax"), refused.getMessage());
    }
}
