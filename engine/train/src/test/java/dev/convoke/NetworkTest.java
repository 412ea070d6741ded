package dev.convoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.Targets;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelException;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final Dataset DIGITS = Datasets.load("digits");

    private static List<String> names(ModelSpec network) {
        return network.layers().stream().map(layer -> layer.name()).toList();
    }

    @Test
    void layersAreNamedAndFlattenedByThemselves() {
        ModelSpec network = Network.of(DIGITS)
                .convolution(8)
                .batchNorm()
                .relu()
                .maxPooling()
                .convolution(8)
                .relu()
                .maxPooling()
                .dense(16)
                .relu()
                .dropout(0.5)
                .build();
        assertEquals(
                List.of(
                        "conv1",
                        "norm1",
                        "relu1",
                        "pool1",
                        "conv2",
                        "relu2",
                        "pool2",
                        "flatten1",
                        "dense1",
                        "relu3",
                        "dropout1",
                        "logits"),
                names(network));
        assertEquals("digits", network.name());
        assertEquals(10, network.outputs());
        assertEquals(Loss.Kind.SOFTMAX_CROSS_ENTROPY, network.loss().kind());
    }

    @Test
    void aResidualBlockComesBackToItsPlace() {
        ModelSpec network = Network.of(DIGITS)
                .convolution(8)
                .relu()
                .as("start")
                .convolution(8)
                .batchNorm()
                .plus("start")
                .relu()
                .globalAveragePooling()
                .build();
        Node add = network.nodes().stream()
                .filter(node -> node.layer().name().equals("add1"))
                .findFirst()
                .orElseThrow();
        assertEquals(List.of("norm1", "relu1"), add.from());
    }

    @Test
    void branchesMeet() {
        ModelSpec network = Network.of(DIGITS)
                .as("images")
                .convolution(4)
                .as("left")
                .from("images")
                .convolution(6)
                .concatenate("left")
                .globalMaxPooling()
                .build();
        assertEquals(List.of("conv1", "conv2", "concatenate1", "pool1", "logits"), names(network));
        assertEquals(List.of("input"), network.nodes().get(1).from());
        assertEquals(List.of("conv2", "conv1"), network.nodes().get(2).from());
    }

    @Test
    void aSumOfUnlikeShapesIsRefusedAtOnce() {
        Network network = Network.of(DIGITS).convolution(4).as("narrow").convolution(8);
        ModelException refused = assertThrows(ModelException.class, () -> network.plus("narrow"));
        assertTrue(refused.getMessage().contains("add1"), refused.getMessage());
    }

    @Test
    void anUnknownPlaceIsRefused() {
        ModelException refused =
                assertThrows(ModelException.class, () -> Network.of(DIGITS).from("nowhere"));
        assertEquals("digits: no place was named 'nowhere'; name it with as(\"nowhere\")", refused.getMessage());
    }

    @Test
    void numbersAreLearnedBySquaredErrorAndNotSmoothed() {
        ImageSet images = new ImageSet(4, 4, 1, new byte[32], new Targets.Values(3, new float[6]));
        Dataset numbers = new Dataset("numbers", images, images, List.of(), "0", "made up");
        assertEquals(
                new Loss.MeanSquaredError(3),
                Network.of(numbers).dense(2).build().loss());
        Network smoothed = Network.of(numbers).dense(2).labelSmoothing(0.1);
        ModelException refused = assertThrows(ModelException.class, smoothed::build);
        assertTrue(refused.getMessage().contains("mean_squared_error"), refused.getMessage());
    }
}
