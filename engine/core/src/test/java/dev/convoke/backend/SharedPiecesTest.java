package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.ImageSet;
import dev.convoke.datasets.Targets;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.OptimizerSlot;
import dev.convoke.model.Penalty;
import dev.convoke.model.Role;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Program;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The small pieces that all backends build on. */
class SharedPiecesTest {
    private static final Plan PLAN = PlanCompiler.compile(Networks.everything(), 4, Precision.FLOAT32);

    @Test
    void optimizersKeepWhatTheirFormulasNeed() {
        assertEquals(List.of(), Optimizer.Sgd.DEFAULT.slots());
        assertEquals(List.of(OptimizerSlot.VELOCITY), new Optimizer.Sgd(0.9, true).slots());
        assertEquals(List.of(OptimizerSlot.SQUARE), Optimizer.RmsProp.DEFAULT.slots());
        assertEquals(
                List.of(OptimizerSlot.SQUARE, OptimizerSlot.VELOCITY), new Optimizer.RmsProp(0.9, 0.5, 1e-7).slots());
        List<OptimizerSlot> moments = List.of(OptimizerSlot.FIRST_MOMENT, OptimizerSlot.SECOND_MOMENT);
        assertEquals(moments, Optimizer.Adam.DEFAULT.slots());
        assertEquals(moments, Optimizer.AdamW.DEFAULT.slots());
    }

    @Test
    void rulesKeepGradientsOfAGroupAndAveragesLast() {
        UpdateRule all = new UpdateRule(Optimizer.Adam.DEFAULT, UpdateRule.Clipping.NONE, 2, 0.9);
        assertEquals(
                List.of(
                        OptimizerSlot.FIRST_MOMENT,
                        OptimizerSlot.SECOND_MOMENT,
                        OptimizerSlot.ACCUMULATED,
                        OptimizerSlot.AVERAGE),
                all.slots());
        assertEquals(all.slots(), StateLayout.of(PLAN, all).optimizer());
        assertEquals(List.of(), UpdateRule.of(Optimizer.Sgd.DEFAULT).slots());
    }

    @Test
    void groupsOfStepsEndWithTheEpoch() {
        Program program = Program.compile(Networks.everything(), 4, 18, Precision.FLOAT32); // 4, 4, 4, 4, 2
        UpdateGroups groups = new UpdateGroups(program, 3);
        assertEquals(List.of(true, false, false, true, false), byStep(groups::begins));
        assertEquals(List.of(false, false, true, false, true), byStep(groups::updates));
        assertEquals(List.of(12, 12, 12, 6, 6), byStep(groups::images));
        assertEquals(2, groups.perEpoch());
        assertEquals(List.of(0, 0, 0, 1, 1), byStep(groups::before));
        assertEquals(2, groups.before(5));
        UpdateGroups single = new UpdateGroups(program, 1);
        assertEquals(List.of(true, true, true, true, true), byStep(single::updates));
        assertEquals(List.of(4, 4, 4, 4, 2), byStep(single::images));
        assertEquals(5, single.perEpoch());
        assertEquals(List.of(0, 1, 2, 3, 4), byStep(single::before));
        UpdateGroups whole = new UpdateGroups(program, 9);
        assertEquals(List.of(false, false, false, false, true), byStep(whole::updates));
        assertEquals(18, whole.images(4));
        assertEquals(1, whole.perEpoch());
    }

    private static <T> List<T> byStep(IntFunction<T> of) {
        return IntStream.range(0, 5).mapToObj(of).toList();
    }

    @Test
    void targetsAreRowsOfWhatTheLossReads() {
        Targets classes = new Targets.Classes(new int[] {2, 0});
        Loss softmax = Loss.SoftmaxCrossEntropy.of(3, 0);
        assertEquals(1, TargetRows.width(softmax));
        assertArrayEquals(new int[] {2, 0}, TargetRows.bits(softmax, classes));
        Loss numbers = new Loss.MeanSquaredError(3);
        int one = Float.floatToRawIntBits(1);
        assertEquals(3, TargetRows.width(numbers));
        assertArrayEquals(new int[] {0, 0, one, one, 0, 0}, TargetRows.bits(numbers, classes));
        Targets values = new Targets.Values(3, new float[] {0, 1, -1, 1, 0, 0.5f});
        assertEquals(-1, TargetRows.value(values, 0, 2));
        int half = Float.floatToRawIntBits(0.5f);
        int minus = Float.floatToRawIntBits(-1);
        assertArrayEquals(new int[] {0, one, minus, one, 0, half}, TargetRows.bits(numbers, values));
    }

    @Test
    void refusalsOfTargetsSayWhatTheLossNeeds() {
        var values = Pictures.forModel(
                new ModelSpec("numbers", PLAN.model().input(), PLAN.model().nodes(), new Loss.MeanSquaredError(4)), 2);
        var refusal = assertThrows(IllegalArgumentException.class, () -> RequestCheck.checkImages(PLAN, values));
        assertTrue(refusal.getMessage().contains("needs classes"), refusal.getMessage());
        var labels = new ImageSet(9, 7, 1, new byte[2 * 63], new int[] {3, 4});
        refusal = assertThrows(IllegalArgumentException.class, () -> RequestCheck.checkImages(PLAN, labels));
        assertEquals("image 1 has label 4, but everything has 4 classes", refusal.getMessage());
    }

    @Test
    void stateNamesAreTheContracts() {
        Segment kernel = PLAN.parameters().segments().get(0);
        assertEquals("conv1/kernel", kernel.name());
        assertEquals("optimizer/velocity/conv1/kernel", StateLayout.name(OptimizerSlot.VELOCITY, kernel));
        assertEquals("optimizer/square/conv1/kernel", StateLayout.name(OptimizerSlot.SQUARE, kernel));
        assertEquals("optimizer/m/conv1/kernel", StateLayout.name(OptimizerSlot.FIRST_MOMENT, kernel));
        assertEquals("optimizer/v/conv1/kernel", StateLayout.name(OptimizerSlot.SECOND_MOMENT, kernel));
        assertEquals("optimizer/accumulated/conv1/kernel", StateLayout.name(OptimizerSlot.ACCUMULATED, kernel));
        assertEquals("optimizer/average/conv1/kernel", StateLayout.name(OptimizerSlot.AVERAGE, kernel));
    }

    @Test
    void stateOfAnotherOptimizerIsRefusedByName() {
        NamedTensors state = States.shaken(PLAN);
        for (Segment segment : PLAN.parameters().segments()) {
            state.put(StateLayout.name(OptimizerSlot.SQUARE, segment), Tensor.zeros(segment.shape()));
        }
        StateLayout.of(PLAN, UpdateRule.of(Optimizer.RmsProp.DEFAULT)).check(state);
        StateLayout adam = StateLayout.of(PLAN, UpdateRule.of(Optimizer.Adam.DEFAULT));
        var refusal = assertThrows(IllegalArgumentException.class, () -> adam.check(state));
        assertTrue(refusal.getMessage().contains("optimizer/square/conv1/kernel"), refusal.getMessage());
    }

    @Test
    void penaltiesBearOnKernelsAndWeightDecayToo() {
        Optimizer.AdamW all = new Optimizer.AdamW(0.9, 0.999, 1e-7, 0.004, Optimizer.AdamW.Decays.ALL);
        for (Segment segment : PLAN.parameters().segments()) {
            boolean kernel = segment.role() == Role.KERNEL;
            double decay = Optimizer.AdamW.DEFAULT.weightDecay(segment.role());
            assertEquals(kernel ? 0.004 : 0, decay, segment.name());
            assertEquals(0, Optimizer.Adam.DEFAULT.weightDecay(segment.role()), segment.name());
            assertEquals(0.004, all.weightDecay(segment.role()), segment.name());
            Penalty expected = switch (segment.name()) {
                case "conv1/kernel" -> new Penalty(0.001, 0);
                case "dense1/kernel" -> new Penalty(0, 0.01);
                case "dense2/kernel" -> new Penalty(0.002, 0.003);
                default -> Penalty.NONE;
            };
            assertEquals(expected, segment.penalty(), segment.name());
        }
    }

    @Test
    void masksCompareIntegers() {
        assertEquals(new DropoutMask(8388608, 2f), DropoutMask.of(0.5));
        assertEquals(new DropoutMask(5033165, 1.4285715f), DropoutMask.of(0.3));
        assertEquals(new DropoutMask(0, 1f), DropoutMask.of(0));
        DropoutMask half = DropoutMask.of(0.5);
        assertTrue(half.keeps(0x80000000), "word above the middle, negative as an int");
        assertFalse(half.keeps(0x7fffffff), "word below the middle");
        assertTrue(DropoutMask.of(0).keeps(0));
    }

    @Test
    void ratesAndRangesFollowTheEpoch() {
        EpochSchedule schedule = new EpochSchedule(new Schedule.Step(1, 2, 0.5), 7, 70);
        assertEquals(1, schedule.rate(1, 6));
        assertEquals(0.5, schedule.rate(2, 0));
        assertEquals(0.25, schedule.rate(5, 6));
        schedule.scale(0.5);
        schedule.scale(0.1);
        assertEquals(0.025, schedule.rate(5, 6));
        schedule.checkRange(0, 7, 7);
        assertThrows(IllegalArgumentException.class, () -> schedule.checkRange(0, 0, 8));
        assertThrows(IllegalArgumentException.class, () -> schedule.checkRange(0, -1, 2));
    }

    @Test
    void trainingOrderFollowsTheEpochBackAndForth() {
        TrainingOrder order = new TrainingOrder(3, 20);
        int[] first = order.of(0).clone();
        int[] second = order.of(1).clone();
        assertFalse(Arrays.equals(first, second));
        assertArrayEquals(first, order.of(0));
    }

    @Test
    void anEmptyImageSetIsRefused() {
        var none = Pictures.random(PLAN.model().input(), 4, 0);
        var refusal = assertThrows(IllegalArgumentException.class, () -> RequestCheck.checkImages(PLAN, none));
        assertEquals("there are no images", refusal.getMessage());
    }

    @Test
    void refusalsOfImagesNameBothSizes() {
        var wide = Pictures.random(new ImageShape(3, 9, 8), 4, 1);
        var refusal = assertThrows(IllegalArgumentException.class, () -> RequestCheck.checkImages(PLAN, wide));
        assertEquals("the images are 3x9x8, but everything reads 1x9x7", refusal.getMessage());
    }

    @Test
    void tracesShapeFlatSlotsWithTwoAxes() {
        Program program = Program.compile(Networks.everything(), 4, 8, Precision.FLOAT32);
        Plan plan = program.full();
        assertEquals("4x1x9x7", CanonicalShape.of(plan.slots().get(0), 4).toString());
        assertEquals("4x4", CanonicalShape.of(plan.logits(), 4).toString());
    }
}
