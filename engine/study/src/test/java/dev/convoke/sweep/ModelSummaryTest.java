package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convoke.model.Layer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelSummaryTest {
    private static ModelSummary summary(String run) {
        Suite.Run found = Suites.run(run);
        return ModelSummary.of(
                ModelBuilder.build(run, found.settings(), ModelSummary.DEFAULT_INPUT, ModelSummary.DEFAULT_CLASSES));
    }

    @Test
    void aLayerSaysItsTypeItsShapeAndWhatItReads() {
        SweepResults.LayerFacts sum = summary("resnet-8").layers().stream()
                .filter(layer -> layer.name().equals("sum2"))
                .findFirst()
                .orElseThrow();
        assertEquals(Optional.of("add"), sum.type());
        assertEquals(Optional.of(List.of(32, 14, 14)), sum.shape());
        assertEquals(Optional.of(List.of("norm2b", "short2_norm")), sum.inputs());
        assertEquals(Optional.of(Layer.Group.JOIN), sum.group());
        for (SweepResults.LayerFacts layer : summary("depthwise").layers()) {
            SweepResults.LayerFacts early = brief(layer);
            assertEquals(layer.group(), early.group(), layer.name());
            assertEquals(layer.sizes(), early.sizes(), layer.name());
        }
    }

    @Test
    void theBaseModelIsListedLayerByLayer() {
        assertEquals(
                List.of(
                        new SweepResults.LayerFacts("conv1", "convolution 3x3", "32x28x28", 320, 2L * 32 * 28 * 28 * 9),
                        new SweepResults.LayerFacts("relu1", "relu", "32x28x28", 0, 0),
                        new SweepResults.LayerFacts("pool1", "max pooling 2x2", "32x14x14", 0, 0),
                        new SweepResults.LayerFacts(
                                "conv2", "convolution 3x3", "64x12x12", 18496, 2L * 64 * 12 * 12 * 9 * 32),
                        new SweepResults.LayerFacts("relu2", "relu", "64x12x12", 0, 0),
                        new SweepResults.LayerFacts("pool2", "max pooling 2x2", "64x6x6", 0, 0),
                        new SweepResults.LayerFacts(
                                "conv3", "convolution 3x3", "128x4x4", 73856, 2L * 128 * 4 * 4 * 9 * 64),
                        new SweepResults.LayerFacts("relu3", "relu", "128x4x4", 0, 0),
                        new SweepResults.LayerFacts("pool3", "max pooling 2x2", "128x2x2", 0, 0),
                        new SweepResults.LayerFacts("flatten", "flatten", "512", 0, 0),
                        new SweepResults.LayerFacts("dense1", "dense", "128", 65664, 2L * 512 * 128),
                        new SweepResults.LayerFacts("relu4", "relu", "128", 0, 0),
                        new SweepResults.LayerFacts("dropout", "dropout", "128", 0, 0),
                        new SweepResults.LayerFacts("logits", "dense", "10", 1290, 2L * 128 * 10)),
                summary("base-adam").layers().stream()
                        .map(ModelSummaryTest::brief)
                        .toList());
        assertEquals(159_626, summary("base-adam").parameters());
    }

    // What early versions have noted too.
    private static SweepResults.LayerFacts brief(SweepResults.LayerFacts facts) {
        return new SweepResults.LayerFacts(
                facts.name(), facts.kind(), facts.output(), facts.parameters(), facts.flops());
    }

    @Test
    void oneNormalizationStandsBeforeFlatten() {
        List<SweepResults.LayerFacts> layers = summary("batch-norm").layers();
        assertEquals(
                new SweepResults.LayerFacts("batch_norm", "batch normalization", "128x2x2", 512, 1024),
                brief(layers.get(9)));
        assertEquals(Optional.of("batch_norm"), layers.get(9).type());
        assertEquals(Optional.of(List.of(128, 2, 2)), layers.get(9).shape());
        assertEquals(Optional.of(List.of("pool3")), layers.get(9).inputs());
        assertEquals("flatten", layers.get(10).name());
    }

    @Test
    void normalizationInEachBlockStandsBetweenConvolutionAndActivation() {
        Suite suite = Suites.ofRun("base-adam").with(Map.of("batch_norm", "each_block", "dense", List.of(8, 4)));
        ModelSummary summary = ModelSummary.of(ModelBuilder.build(
                "x", suite.runs().get(0).settings(), ModelSummary.DEFAULT_INPUT, ModelSummary.DEFAULT_CLASSES));
        List<String> names =
                summary.layers().stream().map(SweepResults.LayerFacts::name).toList();
        assertEquals(List.of("conv1", "batch_norm1", "relu1", "pool1"), names.subList(0, 4));
        assertEquals(
                List.of("flatten", "dense1", "relu4", "dropout1", "dense2", "relu5", "dropout2", "logits"),
                names.subList(12, 20));
    }
}
