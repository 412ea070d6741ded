package dev.convoke.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Networks;
import dev.convoke.backend.Zoo;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Add;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Concatenate;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelException;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Padding;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Role;
import dev.convoke.model.WindowGeometry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlanCompilerTest {
    /** The report's networks, and published ones with the counts that are published of them. */
    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of(Networks.base(), 159_626),
                Arguments.of(Networks.batchNormalization(), 160_138),
                Arguments.of(Networks.fourBlocks(), 147_402),
                Arguments.of(Networks.twoBlocks(), 315_146),
                Arguments.of(Zoo.leNet5(new ImageShape(1, 28, 28)), 61_706),
                Arguments.of(Zoo.resNet8(new ImageShape(3, 32, 32), 16), 78_666),
                Arguments.of(Zoo.depthwise(new ImageShape(1, 49, 10), 64), 24_908));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void parameterCountsAreThePublishedOnes(ModelSpec model, int expected) {
        Plan plan = compile(model);
        assertEquals(expected, plan.parameterCount());
        int listed = 0;
        for (SegmentTable table : List.of(plan.parameters(), plan.statistics())) {
            int offset = 0;
            for (Segment segment : table.segments()) {
                assertEquals(offset, segment.offset(), segment.name());
                assertEquals(segment, table.segments().get(segment.index()));
                offset += segment.size();
            }
            assertEquals(offset, table.size());
            listed += offset;
        }
        assertEquals(expected, listed);
    }

    @Test
    void shapesOfTheBaseNetwork() {
        assertEquals(
                List.of(
                        "input 1x28x28",
                        "conv1 32x28x28",
                        "conv1_relu 32x28x28",
                        "pool1 32x14x14",
                        "conv2 64x12x12",
                        "conv2_relu 64x12x12",
                        "pool2 64x6x6",
                        "conv3 128x4x4",
                        "conv3_relu 128x4x4",
                        "pool3 128x2x2",
                        "flatten 512",
                        "dense1 128",
                        "dense1_relu 128",
                        "dropout 128",
                        "dense2 10"),
                compile(Networks.base()).slots().stream()
                        .map(slot -> slot.name() + " " + slot.shape())
                        .toList());
    }

    @Test
    void segmentsAreNamedAndShapedCanonically() {
        Plan plan = compile(Networks.batchNormalization());
        assertEquals(
                List.of(
                        "conv1/kernel 32x1x3x3",
                        "conv1/bias 32",
                        "conv2/kernel 64x32x3x3",
                        "conv2/bias 64",
                        "conv3/kernel 128x64x3x3",
                        "conv3/bias 128",
                        "batch_normalization/gamma 128",
                        "batch_normalization/beta 128",
                        "dense1/kernel 128x512",
                        "dense1/bias 128",
                        "dense2/kernel 10x128",
                        "dense2/bias 10"),
                names(plan.parameters()));
        assertEquals(
                List.of("batch_normalization/running_mean 128", "batch_normalization/running_variance 128"),
                names(plan.statistics()));
    }

    private static List<String> names(SegmentTable table) {
        return table.segments().stream()
                .map(segment -> segment.name() + " " + segment.shape())
                .toList();
    }

    @Test
    void stridesAndPaddingShapeBothAxes() {
        ModelSpec model = Networks.of(
                "model",
                new ImageShape(3, 11, 8),
                2,
                Networks.convolution("same", 4, 3, 2, Padding.SAME), // 6 x 4
                Networks.convolution("valid", 5, 2, 2, Padding.VALID), // 3 x 2
                new AveragePooling("pool", 2, 2, Padding.SAME), // 2 x 1
                new Flatten("flatten"),
                Networks.dense("dense", 2));
        Plan plan = compile(model);
        assertEquals(new ImageShape(4, 6, 4), plan.slots().get(1).shape());
        assertEquals(new ImageShape(5, 3, 2), plan.slots().get(2).shape());
        assertEquals(new ImageShape(5, 2, 1), plan.slots().get(3).shape());
        assertEquals(new ImageShape(10, 1, 1), plan.slots().get(4).shape());
        WindowGeometry window =
                ((Convolution) plan.ops().get(0).layer()).over(plan.ops().get(0).inputShape());
        assertEquals(List.of(1, 1), List.of(window.padTop(), window.padBottom()));
        assertEquals(List.of(0, 1), List.of(window.padLeft(), window.padRight()));
    }

    @Test
    void groupsTakeTheLongestPattern() {
        assertEquals(
                List.of(
                        "CONVOLUTION_ACTIVATION_POOLING conv1+conv1_relu+pool1",
                        "SINGLE drop1",
                        "SINGLE conv2",
                        "NORMALIZATION_ACTIVATION norm+norm_tanh",
                        "SINGLE pool2",
                        "SINGLE flatten",
                        "DENSE_ACTIVATION_DROPOUT dense1+dense1_relu+drop2",
                        "SINGLE dense2"),
                groups(compile(Networks.everything())));
        ModelSpec pairs = Networks.of(
                "pairs",
                new ImageShape(1, 4, 4),
                2,
                Networks.convolution("conv", 2, 3, 1, Padding.SAME),
                Networks.relu("conv_relu"),
                new Flatten("flatten"),
                Networks.dense("hidden", 3),
                Networks.relu("hidden_relu"),
                Networks.dense("dense", 2));
        assertEquals(
                List.of(
                        "CONVOLUTION_ACTIVATION conv+conv_relu",
                        "SINGLE flatten",
                        "DENSE_ACTIVATION hidden+hidden_relu",
                        "SINGLE dense"),
                groups(compile(pairs)));
    }

    private static List<String> groups(Plan plan) {
        assertEquals(
                plan.ops(),
                plan.groups().stream().flatMap(group -> group.ops().stream()).toList(),
                "groups hold every op once, in order");
        return plan.groups().stream()
                .map(group -> group.kind() + " " + group.name())
                .toList();
    }

    @Test
    void layersThatAreReadTwiceDoNotFuse() {
        ImageShape input = new ImageShape(1, 8, 6);
        Plan plan = compile(Networks.graph(
                "graph",
                input,
                Loss.SoftmaxCrossEntropy.of(2, 0),
                Node.of(Networks.convolution("conv1", 2, 3, 1, Padding.SAME)),
                Node.of(Networks.relu("relu1"), "conv1"),
                Node.of(new Add("add1"), "conv1", "relu1"), // conv1 is read twice
                Node.of(Networks.relu("relu2")),
                Node.of(Networks.convolution("conv2", 2, 3, 1, Padding.SAME)),
                Node.of(Networks.relu("relu3")),
                Node.of(new MaxPooling("pool", 2, 2, Padding.SAME)),
                Node.of(new AveragePooling("mean", 2, 2, Padding.SAME), "relu3"), // relu3 is read twice
                Node.of(new Add("add2"), "pool", "mean"),
                Node.of(new Add("add3"), "add2", "add2"),
                Node.of(Networks.relu("relu4")),
                Node.of(Networks.normalization("norm")),
                Node.of(Networks.relu("relu5")),
                Node.of(new Flatten("flatten")),
                Node.of(Networks.dense("dense", 2))));
        assertEquals(
                List.of(
                        "SINGLE conv1",
                        "SINGLE relu1",
                        "ADD_ACTIVATION add1+relu2",
                        "CONVOLUTION_ACTIVATION conv2+relu3",
                        "SINGLE pool",
                        "SINGLE mean",
                        "SINGLE add2",
                        "ADD_ACTIVATION add3+relu4",
                        "NORMALIZATION_ACTIVATION norm+relu5",
                        "SINGLE flatten",
                        "SINGLE dense"),
                groups(plan));
        assertEquals(2, plan.readers(plan.slots().get(1)));
        Slot sum = plan.ops().get(8).output();
        assertEquals("add2", sum.name());
        assertEquals(2, plan.readers(sum), "an op that reads it twice");
        assertEquals(0, plan.readers(plan.logits()));
    }

    @Test
    void aConvolutionFusesAcrossLayersThatStandBetween() {
        Plan plan = compile(Networks.graph(
                "graph",
                new ImageShape(1, 8, 6),
                Loss.SoftmaxCrossEntropy.of(2, 0),
                Node.of(Networks.convolution("a", 2, 3, 1, Padding.SAME)),
                Node.of(Networks.convolution("b", 2, 3, 1, Padding.SAME), ModelSpec.INPUT),
                Node.of(Networks.relu("a_relu"), "a"),
                Node.of(Networks.relu("b_relu"), "b"),
                Node.of(new MaxPooling("a_pool", 2, 2, Padding.SAME), "a_relu"),
                Node.of(new MaxPooling("b_pool", 2, 2, Padding.SAME), "b_relu"),
                Node.of(new Concatenate("join"), "b_pool", "a_pool"),
                Node.of(new Flatten("flatten")),
                Node.of(Networks.dense("dense", 2))));
        assertEquals(
                List.of(
                        "CONVOLUTION_ACTIVATION_POOLING a+a_relu+a_pool",
                        "CONVOLUTION_ACTIVATION_POOLING b+b_relu+b_pool",
                        "SINGLE join",
                        "SINGLE flatten",
                        "SINGLE dense"),
                plan.groups().stream()
                        .map(group -> group.kind() + " " + group.name())
                        .toList());
        assertGroupsFollowWhatTheyRead(plan);
        List<Plan> zoo = Stream.of(
                        Zoo.resNet8(new ImageShape(3, 9, 8), 4), Zoo.vgg(new ImageShape(1, 9, 8), true, 4, 5))
                .map(PlanCompilerTest::compile)
                .toList();
        zoo.forEach(PlanCompilerTest::assertGroupsFollowWhatTheyRead);
    }

    private static void assertGroupsFollowWhatTheyRead(Plan plan) {
        Set<Slot> written = new HashSet<>(Set.of(plan.slots().get(0)));
        int ops = 0;
        for (FusedGroup group : plan.groups()) {
            for (Op op : group.ops()) {
                assertTrue(written.containsAll(op.inputs()), op.name() + " stands before what it reads");
                written.add(op.output());
                ops++;
            }
        }
        assertEquals(plan.ops().size(), ops, "every op in one group");
        assertTrue(written.containsAll(plan.slots()), "every slot is written");
    }

    @Test
    void dropoutLayersAreCounted() {
        List<Op> dropouts = compile(Networks.everything()).ops().stream()
                .filter(op -> op.layer() instanceof Dropout)
                .toList();
        assertEquals(List.of(0, 1), dropouts.stream().map(Op::ordinal).toList());
        assertEquals(
                List.of(5 * 20, 11),
                dropouts.stream().map(op -> op.inputShape().size()).toList());
    }

    @Test
    void nothingBeforeTheFirstWeightsNeedsAGradient() {
        ModelSpec model = Networks.of(
                "model",
                new ImageShape(1, 4, 4),
                2,
                new MaxPooling("pool", 2, 2, Padding.SAME),
                Networks.convolution("conv", 2, 1, 1, Padding.SAME),
                new Flatten("flatten"),
                Networks.dense("dense", 2));
        Plan plan = compile(model);
        List<Boolean> needed = plan.ops().stream().map(plan::needsInputGradient).toList();
        assertEquals(List.of(false, false, true, true), needed);
    }

    @Test
    void nothingThatOnlyFrozenLayersLeadToNeedsAGradient() {
        Plan plan = compile(Networks.ruled(Penalty.NONE));
        assertEquals(
                List.of(
                        "slow",
                        "frozen2",
                        "frozen2_tanh",
                        "add",
                        "pool",
                        "flatten",
                        "frozen3",
                        "frozen3_tanh",
                        "spared",
                        "spared_tanh",
                        "dense"),
                plan.slots().stream()
                        .filter(plan::needsGradient)
                        .map(Slot::name)
                        .toList());
        assertEquals(
                List.of("slow", "spared", "dense"),
                plan.ops().stream().filter(Op::isTrained).map(Op::name).toList());
        Op add = plan.ops().get(5);
        assertTrue(plan.needsInputGradient(add), "one of its inputs is enough");
        Layer bare = new BatchNormalization(
                "norm", 0.9, 1e-3, false, false, BatchNormalization.Variance.BIASED, ParameterRule.NORMAL);
        Plan moving = compile(Networks.of(
                "model", new ImageShape(1, 4, 4), 2, bare, new Flatten("flatten"), Networks.dense("dense", 2)));
        assertFalse(moving.needsGradient(moving.slots().get(1)), "statistics are not trained");
    }

    /** Each of them doubles the ways that lead from the loss to the images; there are 2^60. */
    @Test
    void manyDiamondsAreNoWorkAtAll() {
        List<Node> nodes = new ArrayList<>();
        nodes.add(Node.of(new Activation("sum0", ActivationFunction.TANH)));
        for (int i = 1; i <= 60; i++) {
            nodes.add(Node.of(new Activation("tanh" + i, ActivationFunction.TANH), "sum" + (i - 1)));
            nodes.add(Node.of(new Add("sum" + i), "tanh" + i, "sum" + (i - 1)));
        }
        nodes.add(Node.of(new Flatten("flatten")));
        nodes.add(Node.of(Networks.dense("dense", 2)));
        ModelSpec model = new ModelSpec("diamonds", new ImageShape(1, 3, 2), nodes, Loss.SoftmaxCrossEntropy.of(2, 0));
        List<String> needed = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            Plan plan = compile(model);
            return plan.slots().stream()
                    .filter(plan::needsGradient)
                    .map(Slot::name)
                    .toList();
        });
        assertEquals(List.of("dense"), needed);
    }

    @Test
    void segmentsKnowTheirPenaltyAndTheirRule() {
        Penalty penalty = new Penalty(0.1, 0.2);
        for (Segment segment : compile(Networks.ruled(penalty)).parameters().segments()) {
            boolean kernel = segment.role() == Role.KERNEL;
            assertEquals(kernel ? penalty : Penalty.NONE, segment.penalty(), segment.name());
            assertEquals(segment.name().startsWith("frozen"), segment.rule().frozen(), segment.name());
            assertEquals(
                    segment.name().startsWith("slow/") ? 0.1 : 1, segment.rule().rateFactor(), segment.name());
            assertEquals(!segment.name().startsWith("spared/"), segment.rule().decays(), segment.name());
        }
    }

    @Test
    void graphsThatDoNotFitNameTheLayerAndTheRemedy() {
        assertRefused(branched(new Add("join"), 3, Padding.VALID), "join adds 3x8x6 and 3x6x4", "bring them to one");
        assertRefused(branched(new Add("join"), 4, Padding.SAME), "join adds 3x8x6 and 4x8x6", "1x1 convolution");
        assertRefused(
                branched(new Concatenate("join"), 3, Padding.VALID), "join joins 3x8x6 and 3x6x4", "rows or columns");
        assertRefused(
                Networks.graph(
                        "m",
                        new ImageShape(1, 8, 6),
                        Loss.SoftmaxCrossEntropy.of(2, 0),
                        Node.of(new Flatten("flatten")),
                        Node.of(Networks.dense("aside", 3)),
                        Node.of(Networks.dense("dense", 2), "flatten")),
                "no layer reads 'aside'",
                "'from'");
        assertRefused(
                Networks.graph(
                        "m",
                        new ImageShape(1, 8, 6),
                        Loss.SoftmaxCrossEntropy.of(2, 0),
                        Node.of(new Concatenate("join"), "input"),
                        Node.of(new Flatten("flatten")),
                        Node.of(Networks.dense("dense", 2))),
                "join joins two layers or more, not 1",
                "from");
        ParameterRule frozen = new ParameterRule(true, 1, true);
        assertRefused(
                Networks.of("m", new ImageShape(3, 1, 1), 2, new Dense("dense", 2, true, Penalty.NONE, frozen)),
                "no layer has weights that are not frozen",
                "train");
        assertRefused(
                Networks.graph(
                        "m",
                        new ImageShape(3, 1, 1),
                        new Loss.MeanSquaredError(3),
                        Node.of(Networks.dense("dense", 2))),
                "gives 2 values an image, but there are 3 outputs",
                "dense layer of 3 units");
    }

    /** Two convolutions of the images, of 3 and of some filters, joined. */
    private static ModelSpec branched(Layer join, int filters, Padding padding) {
        return Networks.graph(
                "m",
                new ImageShape(1, 8, 6),
                Loss.SoftmaxCrossEntropy.of(2, 0),
                Node.of(Networks.convolution("a", 3, 3, 1, Padding.SAME)),
                Node.of(Networks.convolution("b", filters, 3, 1, padding), ModelSpec.INPUT),
                Node.of(join, "a", "b"),
                Node.of(new Flatten("flatten")),
                Node.of(Networks.dense("dense", 2)));
    }

    @Test
    void modelsThatDoNotFitNameTheLayerAndTheRemedy() {
        ImageShape small = new ImageShape(1, 4, 4);
        Layer flatten = new Flatten("flatten");
        assertRefused(
                Networks.of("m", small, 2, Networks.convolution("big", 2, 5, 1, Padding.VALID)),
                "big slides a 5x5 window over 1x4x4",
                "'same'");
        assertRefused(Networks.of("m", small, 2, new MaxPooling("pool", 5, 5, Padding.VALID)), "pool", "'same'");
        assertRefused(Networks.of("m", small, 2, Networks.dense("early", 2)), "early reads 1x4x4", "flatten");
        assertRefused(
                Networks.of("m", small, 3, flatten, Networks.dense("dense", 2)), "gives 2", "dense layer of 3 units");
        assertRefused(
                Networks.of("m", small, 2, Networks.convolution("conv", 2, 3, 1, Padding.SAME)),
                "2x4x4",
                "dense layer");
        assertRefused(Networks.of("m", new ImageShape(2, 1, 1), 2, flatten), "no layer has weights", "train");
        assertThrows(ModelException.class, () -> PlanCompiler.compile(Networks.base(), 0, Precision.FLOAT32));
    }

    @Test
    void networksOfTooManyParametersNameTheTensor() {
        int largest = SizeLimits.PARAMETERS;
        assertEquals(largest, compile(wide(1202)).parameterCount(), "27846 * (1202 + 1 + 2) + 2");
        assertRefused(wide(1203), "dense2/kernel of 2x27846", largest + " parameters");
        ModelSpec immense = Networks.of(
                "m",
                new ImageShape(1, 28, 28),
                2,
                Networks.convolution("conv", 1 << 20, 1 << 10, 1, Padding.SAME),
                new Flatten("flatten"),
                Networks.dense("dense", 2));
        assertRefused(immense, "conv/kernel of 1048576x1x1024x1024", "smaller kernel");
    }

    private static ModelSpec wide(int inputs) {
        ImageShape input = new ImageShape(inputs, 1, 1);
        return Networks.of("m", input, 2, Networks.dense("dense1", 27_846), Networks.dense("dense2", 2));
    }

    @Test
    void layersOfTooManyValuesAreNamed() {
        ImageShape most = new ImageShape(1, 1 << 12, 1 << 11);
        assertEquals(
                SizeLimits.IMAGE_VALUES,
                compile(doubling(most, 1)).slots().get(1).shape().size());
        assertRefused(doubling(most, 2), "conv has 2x4096x2048 values", "fewer filters");
        ImageShape beyondInt = new ImageShape(1 << 20, 1 << 20, 1 << 30);
        assertRefused(doubling(beyondInt, 1), "input has 1048576x1048576x1073741824 values", "smaller images");
    }

    @Test
    void batchesOfTooManyValuesAreRefused() {
        ModelSpec model = doubling(new ImageShape(1, 1 << 10, 1 << 10), 1);
        assertEquals(2047, PlanCompiler.compile(model, 2047, Precision.FLOAT32).batch());
        ModelException refusal =
                assertThrows(ModelException.class, () -> PlanCompiler.compile(model, 2048, Precision.FLOAT32));
        assertTrue(refusal.getMessage().contains("too many for a batch of 2048"), refusal.getMessage());
    }

    private static ModelSpec doubling(ImageShape input, int filters) {
        return Networks.of(
                "m",
                input,
                2,
                Networks.convolution("conv", filters, 1, 1, Padding.SAME),
                new MaxPooling("pool", 4096, 4096, Padding.SAME),
                new Flatten("flatten"),
                Networks.dense("dense", 2));
    }

    private static void assertRefused(ModelSpec model, String fault, String remedy) {
        ModelException refusal = assertThrows(ModelException.class, () -> compile(model));
        assertTrue(refusal.getMessage().startsWith("m: "), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(fault), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(remedy), refusal.getMessage());
    }

    @Test
    void programsHaveARemainderWhereOneIsLeft() {
        Program uneven = Program.compile(Networks.everything(), 4, 11, Precision.FLOAT32);
        assertEquals(3, uneven.stepsPerEpoch());
        assertEquals(
                List.of(4, 4, 3),
                Stream.of(0, 1, 2).map(step -> uneven.at(step).batch()).toList());
        assertEquals(8, uneven.firstPosition(2));
        Program even = Program.compile(Networks.everything(), 4, 12, Precision.FLOAT32);
        assertNull(even.remainder());
        assertEquals(3, even.stepsPerEpoch());
        assertEquals(4, even.at(2).batch());
        Program few = Program.compile(Networks.everything(), 32, 5, Precision.FLOAT32);
        assertEquals(5, few.full().batch());
        assertEquals(1, few.stepsPerEpoch());
        assertFalse(few.full().ops().isEmpty());
    }

    private static Plan compile(ModelSpec model) {
        return PlanCompiler.compile(model, 4, Precision.FLOAT32);
    }
}
