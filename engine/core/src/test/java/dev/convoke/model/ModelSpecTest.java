package dev.convoke.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSpecTest {
    private static final ImageShape SHAPE = new ImageShape(1, 8, 8);

    @ParameterizedTest
    @CsvSource({
        // input, kernel, stride, same: output, before, after; valid: output
        "28, 3, 1, 28, 1, 1, 26",
        "28, 2, 2, 14, 0, 0, 14",
        "7, 2, 2, 4, 0, 1, 3",
        "7, 3, 2, 4, 1, 1, 3",
        "8, 3, 2, 4, 0, 1, 3",
        "9, 2, 3, 3, 0, 0, 3",
        "7, 2, 1, 7, 0, 1, 6",
        "10, 5, 3, 4, 2, 2, 2",
        "3, 5, 1, 3, 2, 2, -1"
    })
    void paddingIsTensorFlows(int input, int kernel, int stride, int same, int before, int after, int valid) {
        WindowGeometry filled = over(Window.square(kernel, stride, Padding.SAME), input);
        assertEquals(new ImageShape(5, same, same), filled.output());
        assertEquals(List.of(before, before), List.of(filled.padTop(), filled.padLeft()));
        assertEquals(List.of(after, after), List.of(filled.padBottom(), filled.padRight()));
        Window bare = Window.square(kernel, stride, Padding.VALID);
        if (valid < 1) {
            assertRefused(() -> over(bare, input), "layer slides a 5x5 window over 1x3x3", "'same'");
            return;
        }
        assertTrue(over(bare, input).isUnpadded());
        assertEquals(new ImageShape(5, valid, valid), over(bare, input).output());
    }

    private static WindowGeometry over(Window window, int side) {
        return window.over("layer", new ImageShape(1, side, side), 5);
    }

    @Test
    void rowsAndColumnsOfAWindowAreTheirOwn() {
        ImageShape image = new ImageShape(2, 9, 7);
        Window window = new Window(new Size(3, 2), new Size(2, 1), new Size(2, 3), Padding.VALID);
        // Rows 0, 2, 4 and columns 0, 3: spans of 5 and 4.
        assertEquals(new ImageShape(6, 3, 4), window.over("layer", image, 6).output());
        Window filled = new Window(window.size(), window.stride(), window.dilation(), Padding.SAME);
        WindowGeometry same = filled.over("layer", image, 6);
        assertEquals(new ImageShape(6, 5, 7), same.output());
        assertEquals(List.of(2, 2), List.of(same.padTop(), same.padBottom()));
        assertEquals(List.of(1, 2), List.of(same.padLeft(), same.padRight()));
        Window given = new Window(window.size(), window.stride(), window.dilation(), Padding.of(1, 2, 0, 3));
        WindowGeometry explicit = given.over("layer", image, 6);
        assertEquals(new ImageShape(6, 3, 9), explicit.output()); // (10 - 5) / 2 + 1, 12 - 4 + 1
        assertEquals(
                List.of(1, 2, 0, 3),
                List.of(explicit.padTop(), explicit.padLeft(), explicit.padBottom(), explicit.padRight()));
    }

    @Test
    void poolingsWhosePlacesMayLieInThePaddingAreRefused() {
        List<ImageShape> image = List.of(new ImageShape(2, 9, 7));
        MaxPooling covered = new MaxPooling("p1", Window.square(2, 2, Padding.of(1)));
        assertEquals(new ImageShape(2, 5, 4), covered.output(image)); // (11 - 2) / 2 + 1, (9 - 2) / 2 + 1
        assertRefused(
                () -> new MaxPooling("p1", Window.square(2, 2, Padding.of(2, 0, 0, 0))).output(image), "p1", "2x2");
        assertRefused(
                () -> new AveragePooling("p2", Window.square(3, 1, Padding.of(0, 0, 0, 3))).output(image),
                "p2",
                "padding");
    }

    @Test
    void groupsCutChannelsAndFilters() {
        Window window = Window.square(3, 1, Padding.SAME);
        assertRefused(() -> grouped(window, 4, 3), "c1", "3 groups");
        assertRefused(() -> grouped(window, 6, 3).output(List.of(new ImageShape(4, 5, 6))), "c1", "4 channels");
        Convolution depthwise = Convolution.depthwise("d1", 2, window, true);
        ImageShape image = new ImageShape(5, 4, 6);
        assertEquals(new ImageShape(10, 4, 6), depthwise.output(List.of(image)));
        assertEquals(
                List.of(
                        new Parameter(Role.KERNEL, TensorShape.of(10, 1, 3, 3)),
                        new Parameter(Role.BIAS, TensorShape.of(10))),
                depthwise.parameters(image));
        assertEquals(
                List.of(
                        new Parameter(Role.KERNEL, TensorShape.of(6, 2, 3, 3)),
                        new Parameter(Role.BIAS, TensorShape.of(6))),
                grouped(window, 6, 3).parameters(new ImageShape(6, 4, 4)));
    }

    private static Convolution grouped(Window window, int filters, int groups) {
        return new Convolution("c1", filters, 0, window, groups, true, Penalty.NONE, ParameterRule.NORMAL);
    }

    @Test
    void parametersThatALayerDoesWithoutAreNotThere() {
        Window window = Window.square(3, 1, Padding.SAME);
        ImageShape image = new ImageShape(2, 4, 5);
        assertEquals(
                List.of(Role.KERNEL),
                roles(new Convolution("c", 3, 0, window, 1, false, Penalty.NONE, ParameterRule.NORMAL), image));
        assertEquals(
                List.of(Role.KERNEL),
                roles(new Dense("d", 3, false, Penalty.NONE, ParameterRule.NORMAL), new ImageShape(4, 1, 1)));
        assertEquals(
                List.of(Role.BETA, Role.RUNNING_MEAN, Role.RUNNING_VARIANCE), roles(normalization(false, true), image));
        assertEquals(
                List.of(Role.GAMMA, Role.RUNNING_MEAN, Role.RUNNING_VARIANCE),
                roles(normalization(true, false), image));
        assertEquals(List.of(Role.RUNNING_MEAN, Role.RUNNING_VARIANCE), roles(normalization(false, false), image));
    }

    private static List<Role> roles(Layer layer, ImageShape input) {
        return layer.parameters(input).stream().map(Parameter::role).toList();
    }

    private static BatchNormalization normalization(boolean scales, boolean shifts) {
        return new BatchNormalization(
                "b", 0.9, 1e-3, scales, shifts, BatchNormalization.Variance.BIASED, ParameterRule.NORMAL);
    }

    @Test
    void joinsNameTheShapesThatDoNotFit() {
        ImageShape one = new ImageShape(2, 4, 5);
        ImageShape channels = new ImageShape(3, 4, 5);
        ImageShape columns = new ImageShape(2, 4, 4);
        assertEquals(one, new Add("a").output(List.of(one, one, one)));
        assertRefused(() -> new Add("a").output(List.of(one, one, channels)), "a adds 2x4x5 and 3x4x5", "1x1");
        assertRefused(() -> new Add("a").output(List.of(one)), "a joins two layers or more, not 1", "from");
        assertEquals(new ImageShape(7, 4, 5), new Concatenate("c").output(List.of(one, channels, one)));
        assertRefused(
                () -> new Concatenate("c").output(List.of(one, columns)), "c joins 2x4x5 and 2x4x4", "rows or columns");
        assertRefused(() -> new Concatenate("c").output(List.of(one)), "c joins two layers or more", "from");
        assertRefused(() -> new Flatten("f").output(List.of(one, one)), "f reads one layer", "2");
    }

    @Test
    void layersThatCannotBeNameThemselvesAndTheField() {
        assertRefused(() -> new Convolution("c1", 0, 3, 1, Padding.SAME, Penalty.NONE), "c1", "filters");
        assertRefused(() -> new Convolution("c1", 1, 0, 1, Padding.SAME, Penalty.NONE), "size", "0x0");
        assertRefused(() -> new Convolution("c1", 1, 3, 0, Padding.SAME, Penalty.NONE), "size", "0x0");
        assertRefused(() -> new MaxPooling("p1", 0, 2, Padding.SAME), "size", "0x0");
        assertRefused(() -> new AveragePooling("p2", 2, -1, Padding.SAME), "size", "-1x-1");
        assertRefused(() -> new BatchNormalization("b1", 1, 1e-3), "b1", "momentum");
        assertRefused(() -> new BatchNormalization("b1", 0.9, 0), "b1", "epsilon");
        assertRefused(() -> new Dense("d1", 0, Penalty.NONE), "d1", "units");
        assertRefused(() -> Padding.of(0, -1, 0, 0), "padding", "-1");
        assertRefused(
                () -> Convolution.depthwise("c1", -1, Window.square(3, 1, Padding.SAME), true), "c1", "multiplier");
        assertRefused(() -> new ParameterRule(false, 0, true), "rate_factor", "frozen");
        assertRefused(() -> new Dropout("o1", 1), "o1", "rate");
        assertRefused(() -> new Dropout("o1", Double.NaN), "o1", "rate");
    }

    @Test
    void modelsThatCannotBeNameThemselvesAndTheFault() {
        Layer dense = new Dense("same", 2, Penalty.NONE);
        Layer flatten = new Flatten("same");
        assertRefused(() -> new ModelSpec("m", SHAPE, 1, List.of(dense), 0), "a model", "classes");
        assertRefused(() -> new ModelSpec("m", SHAPE, 2, List.of(dense), 1), "label smoothing", "[0, 1)");
        assertRefused(() -> new ModelSpec("m", SHAPE, 2, List.of(flatten, dense), 0), "m", "'same'");
        assertRefused(() -> new ImageShape(0, 1, 1), "0x1x1", "channel");
    }

    @Test
    void graphsThatCannotBeNameTheLayerAndWhatItReads() {
        Node front = Node.of(new Flatten("front"));
        Node unknown = Node.of(new Dense("dense", 2, Penalty.NONE), "frnt");
        assertRefused(() -> graph(front, unknown), "m: dense reads 'frnt'", "[front, input]");
        Node forward = Node.of(new Flatten("early"), "late");
        Node late = Node.of(new Flatten("late"), ModelSpec.INPUT);
        assertRefused(() -> graph(forward, late), "m: early reads 'late'", "no layer before it");
        assertRefused(() -> graph(Node.of(new Add("a"), "a", "a")), "m: a reads 'a'", "no layer before it");
        assertRefused(() -> graph(Node.of(new Flatten("input"))), "'input'", "images");
    }

    private static ModelSpec graph(Node... nodes) {
        return new ModelSpec("m", SHAPE, List.of(nodes), new Loss.MeanSquaredError(2));
    }

    @Test
    void aModelTakesAnotherInput() {
        ModelSpec model = new ModelSpec("m", SHAPE, 2, List.of(new Flatten("f")), 0.1);
        ModelSpec other = model.withInput(new ImageShape(3, 5, 6));
        assertEquals(new ModelSpec("m", new ImageShape(3, 5, 6), 2, model.layers(), 0.1), other);
    }

    @Test
    void lossesThatCannotBeNameTheField() {
        assertRefused(
                () -> new Loss.SoftmaxCrossEntropy(3, 0, List.of(1.0, 1.0), 5), "class_weights has 2", "3 outputs");
        assertRefused(() -> new Loss.SoftmaxCrossEntropy(2, 0, List.of(1.0, -1.0), 5), "class_weights", "-1");
        assertRefused(() -> new Loss.SoftmaxCrossEntropy(2, 0, List.of(), 0), "top_k", "0");
        assertRefused(() -> new Loss.SigmoidCrossEntropy(2, 0, List.of(1.0)), "class_weights has 1", "2 outputs");
        assertRefused(() -> new Loss.SigmoidCrossEntropy(0), "labels", "0");
        assertRefused(() -> new Loss.SigmoidCrossEntropy(1, Double.NaN, List.of()), "label smoothing", "NaN");
        assertRefused(() -> new Loss.MeanSquaredError(0), "outputs", "0");
        assertRefused(() -> new Loss.Huber(1, 0), "delta", "0");
    }

    @Test
    void whoKnowsNothingLosesTheLogarithmOfWhatThereIsToChooseFrom() {
        assertEquals(
                Math.log(300),
                Loss.SoftmaxCrossEntropy.of(300, 0.1).ofGuessing().orElseThrow());
        assertEquals(Math.log(2), new Loss.SigmoidCrossEntropy(7).ofGuessing().orElseThrow());
        assertTrue(new Loss.MeanSquaredError(1).ofGuessing().isEmpty());
        assertTrue(new Loss.Huber(1, 1).ofGuessing().isEmpty());
    }

    @Test
    void tensorFlowsRunningVarianceIsUnbiasedForMapsAlone() {
        ImageShape maps = new ImageShape(3, 1, 2);
        ImageShape features = new ImageShape(3, 1, 1);
        assertTrue(variance(BatchNormalization.Variance.TENSORFLOW).isUnbiased(maps));
        assertFalse(variance(BatchNormalization.Variance.TENSORFLOW).isUnbiased(features));
        assertFalse(variance(BatchNormalization.Variance.BIASED).isUnbiased(maps));
        assertTrue(variance(BatchNormalization.Variance.UNBIASED).isUnbiased(features));
    }

    private static BatchNormalization variance(BatchNormalization.Variance variance) {
        return new BatchNormalization("b", 0.9, 1e-3, true, true, variance, ParameterRule.NORMAL);
    }

    @Test
    void rulesOfUpdatesThatCannotBeNameTheField() {
        Optimizer sgd = Optimizer.Sgd.DEFAULT;
        UpdateRule.Clipping none = UpdateRule.Clipping.NONE;
        assertRefused(() -> new UpdateRule(sgd, none, 0, 0), "accumulation", "0");
        assertRefused(() -> new UpdateRule(sgd, none, 1, 1), "averaging", "1");
        assertRefused(() -> new UpdateRule.Clipping(-1, 0), "clipping", "-1");
        assertRefused(() -> new UpdateRule.Clipping(0, Double.POSITIVE_INFINITY), "clipping", "Infinity");
        assertRefused(() -> new UpdateRule.Clipping(1, 1), "clip", "both");
    }

    private static void assertRefused(Executable construction, String named, String field) {
        ModelException refusal = assertThrows(ModelException.class, construction);
        assertTrue(refusal.getMessage().contains(named), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(field), refusal.getMessage());
    }
}
