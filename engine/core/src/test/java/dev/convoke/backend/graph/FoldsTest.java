package dev.convoke.backend.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convoke.backend.Networks;
import dev.convoke.model.Add;
import dev.convoke.model.Concatenate;
import dev.convoke.model.Convolution;
import dev.convoke.model.Flatten;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Loss;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.Window;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Slot;
import java.util.List;
import org.junit.jupiter.api.Test;

class FoldsTest {
    private static final ImageShape INPUT = new ImageShape(2, 4, 3);

    private static Plan plan(Node... nodes) {
        Plan plan = PlanCompiler.compile(
                Networks.graph("graph", INPUT, Loss.SoftmaxCrossEntropy.of(2, 0), nodes), 5, Precision.FLOAT32);
        assertEquals(nodes.length, plan.ops().size());
        return plan;
    }

    /** Name, and the pixels in its channels, of every slot that has some. */
    private static List<String> folded(Plan plan) {
        Folds folds = new Folds(plan);
        return plan.slots().stream()
                .filter(slot -> folds.of(slot) > 1)
                .map(slot -> slot.name() + " " + folds.of(slot))
                .toList();
    }

    /** The ops that read canonical order. */
    private static List<String> unfolding(Plan plan) {
        Folds folds = new Folds(plan);
        return plan.ops().stream().filter(folds::unfolds).map(Op::name).toList();
    }

    @Test
    void aFlattenFoldsItsPixelsUntilADenseLayerReadsThem() {
        Plan plan = plan(
                Node.of(new Flatten("flatten")),
                Node.of(Networks.normalization("norm")),
                Node.of(Networks.relu("relu")),
                Node.of(new GlobalAveragePooling("mean")),
                Node.of(Networks.dense("hidden", 3)),
                Node.of(Networks.dense("dense", 2)));
        assertEquals(List.of("flatten 12", "norm 12", "relu 12", "mean 12"), folded(plan));
        assertEquals(List.of(), unfolding(plan));
        assertEquals(12, new Folds(plan).read(plan.ops().get(4)), "the dense layer's kernel is arranged for it");
        assertEquals(1, new Folds(plan).read(plan.ops().get(5)));
    }

    @Test
    void aFlattenOfFeaturesFoldsNothing() {
        Plan plan = plan(
                Node.of(new GlobalAveragePooling("mean")),
                Node.of(new Flatten("flatten")),
                Node.of(Networks.dense("dense", 2)));
        assertEquals(List.of(), folded(plan));
        Plan twice =
                plan(Node.of(new Flatten("once")), Node.of(new Flatten("again")), Node.of(Networks.dense("dense", 2)));
        assertEquals(List.of("once 12", "again 12"), folded(twice));
    }

    @Test
    void sumsOfOneOrderKeepItAndOthersUnfold() {
        Plan same = plan(
                Node.of(new Flatten("a")),
                Node.of(new Flatten("b"), "input"),
                Node.of(new Add("sum"), "a", "b"),
                Node.of(Networks.dense("dense", 2)));
        assertEquals(List.of("a 12", "b 12", "sum 12"), folded(same));
        assertEquals(List.of(), unfolding(same));
        for (String[] from : new String[][] {{"flat", "features"}, {"features", "flat"}}) {
            Plan mixed = plan(
                    Node.of(new Flatten("flat")),
                    Node.of(Networks.dense("features", 24)),
                    Node.of(new Add("sum"), from),
                    Node.of(Networks.dense("dense", 2)));
            assertEquals(List.of("flat 12"), folded(mixed), "the sum is canonical");
            assertEquals(List.of("sum"), unfolding(mixed));
            assertEquals(1, new Folds(mixed).read(mixed.ops().get(2)));
        }
    }

    @Test
    void whatIsConcatenatedUnfolds() {
        Plan maps = plan(
                Node.of(Networks.convolution("conv", 3, 3, 1, Padding.SAME)),
                Node.of(new Concatenate("join"), "conv", "input"),
                Node.of(new Flatten("flatten")),
                Node.of(new Concatenate("twice"), "flatten", "flatten"),
                Node.of(Networks.relu("relu")),
                Node.of(Networks.dense("dense", 2)));
        assertEquals(List.of("flatten 12"), folded(maps));
        assertEquals(List.of("twice"), unfolding(maps));
    }

    @Test
    void convolutionsOfFeaturesUnfold() {
        Plan plan = plan(
                Node.of(new Flatten("flatten")),
                Node.of(Networks.convolution("point", 6, 1, 1, Padding.VALID)),
                Node.of(Convolution.depthwise("depth", 1, Window.square(1, 1, Padding.VALID), true)),
                Node.of(Networks.dense("dense", 2)));
        assertEquals(List.of("flatten 12"), folded(plan));
        assertEquals(List.of("point"), unfolding(plan));
    }

    @Test
    void foldedValuesAreCanonicalOnTheirWayOut() {
        Plan plan = plan(Node.of(new Flatten("flatten")), Node.of(Networks.dense("dense", 2)));
        Slot flat = plan.ops().get(0).output();
        float[] ours = new float[24]; // [pixels, channels] of one image; each value says where it is canonically
        for (int pixel = 0; pixel < 12; pixel++) {
            for (int channel = 0; channel < 2; channel++) {
                ours[pixel * 2 + channel] = channel * 12 + pixel;
            }
        }
        float[] counted = new float[24];
        for (int i = 0; i < counted.length; i++) {
            counted[i] = i;
        }
        assertArrayEquals(
                counted,
                ChannelsLast.canonical(flat, 1, new Folds(plan).of(flat), ours).values());
        assertArrayEquals(
                counted, ChannelsLast.canonical(plan.slots().get(0), 1, 1, ours).values());
    }
}
