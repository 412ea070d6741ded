package dev.convoke.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class KernelsTest {
    /** A handful of float roundings of numbers up to 1. */
    private static final float ROUNDING = 2e-6f;

    @Test
    void libraryLoadsWithTheVersionOfItsBinding() {
        assertEquals(Kernels.ABI_VERSION, Kernels.abiVersion());
        assertTrue(Kernels.instructionSet().matches("portable|avx2|avx512"), Kernels.instructionSet());
    }

    @Test
    void anUnknownInstructionSetIsRefused() {
        String before = Kernels.instructionSet();
        assertEquals(1, Kernels.forceInstructionSet("mmx"));
        assertEquals(before, Kernels.instructionSet());
        assertEquals(0, Kernels.forceInstructionSet(before));
    }

    @Test
    void philoxGivesThePublishedWords() {
        try (IntPointer words = new IntPointer(4)) {
            // Random123's kat_vectors: philox4x32 10, counter and key from the digits of pi.
            Kernels.philox(0x299f31d0a4093822L, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, words);
            int[] actual = new int[4];
            words.get(actual);
            assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}, actual);
        }
    }

    @Test
    void gatherScalesTheOrderedImages() {
        try (BytePointer images = new BytePointer((byte) 0, (byte) 51, (byte) 102, (byte) 255);
                IntPointer order = new IntPointer(1, 0, 1);
                FloatPointer out = new FloatPointer(6)) {
            Kernels.gather(images, order, 3, 2, out, 1);
            assertArrayEquals(new float[] {0.4f, 1.0f, 0.0f, 0.2f, 0.4f, 1.0f}, floats(out, 6));
        }
    }

    @Test
    void dropoutKeepsWhatItsMaskWordSays() {
        int units = 37;
        int threshold = Math.round(0.5f * (1 << 24));
        try (FloatPointer x = filled(units, 1.0f);
                FloatPointer y = new FloatPointer(units);
                IntPointer words = new IntPointer(4)) {
            Kernels.dropout(x, y, 1, units, 1, 42L, 3, 17, 1, threshold, 2.0f, 1);
            for (int unit = 0; unit < units; unit++) {
                Kernels.philox(42L, unit / 4, 17, 3, 2 | 1 << 8, words);
                boolean kept = words.get(unit % 4) >>> 8 >= threshold;
                assertEquals(kept ? 2.0f : 0.0f, y.get(unit), "unit " + unit);
            }
        }
    }

    @Test
    void aLossIsOfItsClassAndItsGradientSumsToZero() {
        try (Kernels.Loss loss = new Kernels.Loss();
                FloatPointer logits = new FloatPointer(1.0f, 2.0f, 3.0f, 0.0f, 0.0f, 0.0f);
                IntPointer classes = new IntPointer(2, 1);
                FloatPointer gradient = new FloatPointer(6);
                FloatPointer losses = new FloatPointer(2);
                FloatPointer metrics = new FloatPointer(4);
                IntPointer predictions = new IntPointer(2)) {
            loss.kind(Kernels.SOFTMAX_CROSS_ENTROPY).outputs(3).topK(2);
            Kernels.lossRun(
                    loss, logits, classes, null, 2, 0.5f, gradient, losses, metrics, predictions, null, null, 1);
            assertEquals(Math.log(1 + Math.exp(-1) + Math.exp(-2)), losses.get(0), ROUNDING);
            assertEquals(Math.log(3), losses.get(1), ROUNDING);
            assertArrayEquals(new float[] {1, 1, 0, 1}, floats(metrics, 4));
            assertEquals(2, predictions.get(0));
            assertEquals(0, predictions.get(1), "the lowest of equals");
            float[] g = floats(gradient, 6);
            assertEquals(0.0f, g[0] + g[1] + g[2], ROUNDING);
            assertArrayEquals(new float[] {1 / 6f, -1 / 3f, 1 / 6f}, new float[] {g[3], g[4], g[5]}, ROUNDING);
        }
    }

    @Test
    void momentumTakesTwoStepsAsComputedByHand() {
        try (FloatPointer w = new FloatPointer(1.0f, -2.0f);
                FloatPointer g = new FloatPointer(0.5f, 0.5f);
                FloatPointer m = filled(2, 0.0f);
                Kernels.Parameter ranges = new Kernels.Parameter(2);
                Kernels.UpdateRule rule = new Kernels.UpdateRule();
                DoublePointer penalty = new DoublePointer(1)) {
            ranges.offset(0).length(1).rateFactor(1.0f);
            ranges.position(1).offset(1).length(1).l1(0.1f).l2(0.25f).rateFactor(1.0f);
            ranges.position(0);
            rule.kind(Kernels.SGD).step(1).learningRate(0.1f).momentum(0.5f).gradientScale(1.0f);
            Kernels.parametersUpdate(rule, w, g, m, null, null, ranges, 2, penalty, 1);
            // The first range: m = -0.05. The second: gradient 0.5 - 0.1 - 2 * 0.25 * 2 = -0.6, m = 0.06.
            assertArrayEquals(new float[] {0.95f, -1.94f}, floats(w, 2), ROUNDING);
            assertEquals(0.1 * 2 + 0.25 * 4, penalty.get(), ROUNDING);
            Kernels.parametersUpdate(rule, w, g, m, null, null, ranges, 2, penalty, 1);
            // m = -0.025 - 0.05; gradient 0.5 - 0.1 - 0.97 = -0.57, m = 0.03 + 0.057.
            assertArrayEquals(new float[] {0.875f, -1.853f}, floats(w, 2), ROUNDING);
        }
    }

    @Test
    void firstAdamStepIsTheLearningRate() {
        try (FloatPointer w = new FloatPointer(1.0f, 1.0f);
                FloatPointer g = new FloatPointer(0.5f, -3.0f);
                FloatPointer m = filled(2, 0.0f);
                FloatPointer v = filled(2, 0.0f);
                Kernels.Parameter range = new Kernels.Parameter(1);
                Kernels.UpdateRule rule = new Kernels.UpdateRule()) {
            range.offset(0).length(2).rateFactor(1.0f);
            rule.kind(Kernels.ADAM).step(1).learningRate(0.01f).beta1(0.9f).beta2(0.999f);
            rule.epsilon(1e-7f).gradientScale(1.0f);
            Kernels.parametersUpdate(rule, w, g, m, v, null, range, 1, null, 1);
            assertArrayEquals(new float[] {0.99f, 1.01f}, floats(w, 2), ROUNDING);
        }
    }

    @Test
    void maxPoolingRoutesTheGradientToTheMaximum() {
        try (FloatPointer x = new FloatPointer(1.0f, 4.0f, 3.0f, 2.0f);
                FloatPointer y = new FloatPointer(1);
                BytePointer codes = new BytePointer(1L);
                FloatPointer dy = new FloatPointer(5.0f);
                FloatPointer dx = new FloatPointer(4);
                Kernels.PoolingShape shape = new Kernels.PoolingShape()) {
            shape.count(1).height(2).width(2).channels(1).outputHeight(1).outputWidth(1);
            shape.windowHeight(2)
                    .windowWidth(2)
                    .strideHeight(2)
                    .strideWidth(2)
                    .padTop(0)
                    .padLeft(0);
            Kernels.maxPoolForward(shape, x, y, codes, 1);
            dy.put(5.0f);
            Kernels.maxPoolBackward(shape, dy, codes, dx, 1);
            assertEquals(4.0f, y.get());
            assertArrayEquals(new float[] {0.0f, 5.0f, 0.0f, 0.0f}, floats(dx, 4));
        }
    }

    @Test
    void threadsDoNotChangeABit() {
        int rows = 3000;
        int channels = 17;
        int[] one = batchNormBits(rows, channels, 1);
        assertArrayEquals(one, batchNormBits(rows, channels, 2));
        assertArrayEquals(one, batchNormBits(rows, channels, 5));
        one[0]++;
        assertNotEquals(one[0], batchNormBits(rows, channels, 2)[0]);
    }

    private static int[] batchNormBits(int rows, int channels, int threads) {
        try (FloatPointer x = new FloatPointer((long) rows * channels);
                FloatPointer y = new FloatPointer((long) rows * channels);
                FloatPointer gamma = filled(channels, 1.5f);
                FloatPointer beta = filled(channels, 0.5f);
                FloatPointer runningMean = filled(channels, 0.0f);
                FloatPointer runningVariance = filled(channels, 1.0f);
                FloatPointer mean = new FloatPointer(channels);
                FloatPointer inverse = new FloatPointer(channels);
                Pointer workspace = new BytePointer(Kernels.batchNormWorkspaceBytes(channels))) {
            for (int i = 0; i < rows * channels; i++) {
                x.put(i, (i * 7919 % 1000) * 0.01f);
            }
            Kernels.batchNormForward(
                    x,
                    rows,
                    channels,
                    gamma,
                    beta,
                    1e-3f,
                    0.99f,
                    Kernels.UNBIASED,
                    runningMean,
                    runningVariance,
                    mean,
                    inverse,
                    y,
                    workspace,
                    threads);
            int[] bits = new int[rows * channels];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = Float.floatToRawIntBits(y.get(i));
            }
            return bits;
        }
    }

    private static FloatPointer filled(int count, float value) {
        FloatPointer pointer = new FloatPointer((long) count);
        for (int i = 0; i < count; i++) {
            pointer.put(i, value);
        }
        return pointer;
    }

    private static float[] floats(FloatPointer pointer, int count) {
        float[] values = new float[count];
        pointer.get(values);
        return values;
    }
}
