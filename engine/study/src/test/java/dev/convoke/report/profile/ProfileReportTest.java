package dev.convoke.report.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Roof;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.StepProfile.Pass;
import dev.convoke.report.document.HtmlPage;
import dev.convoke.sweep.MapNode;
import dev.convoke.train.Json;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileReportTest {
    /** A few double roundings. */
    private static final double ROUNDING = 1e-12;

    @Test
    void partsAndWhatLiesBetweenAddUpToTheStep() {
        ProfileReport report = SampleProfile.report();
        assertEquals(700, report.partsNanos());
        assertEquals(70, report.between().median());
        assertEquals(770, report.step().median());
        assertEquals(0, report.deviation(), ROUNDING);
        assertTrue(report.addsUp());
        assertEquals(100.0 / 770, report.rows().get(0).share(), ROUNDING);
        assertEquals(2e9 / 700, report.imagesPerSecond(), 1e-3, "of unmeasured steps");
    }

    /** Time behind the last part is found as lying between the ops, not lost. */
    @Test
    void timeAfterTheLastPartLiesBetween() {
        ProfileReport report = ProfileReport.of(
                SampleProfile.subject(),
                SampleProfile.roof(),
                SampleProfile.steps(30),
                SampleProfile.PLAIN,
                SampleProfile.model());
        assertEquals(100, report.between().median());
        assertTrue(report.addsUp());
    }

    @Test
    void disturbedStepsCountInAllStepsAlone() {
        StepProfile profile = SampleProfile.steps(0).followedBy(slow());
        ProfileReport report = ProfileReport.of(
                SampleProfile.subject(), SampleProfile.roof(), profile, SampleProfile.PLAIN, SampleProfile.model());
        assertEquals(770, report.step().median());
        assertEquals(70, report.between().median());
        assertEquals(50_070, report.allSteps().median());
        assertTrue(report.addsUp());
    }

    /** Three steps that something else has stopped for a while. */
    private static StepProfile slow() {
        StepProfile two = SampleProfile.steps(49_300);
        return two.followedBy(new StepProfile(
                two.parts().stream()
                        .map(part -> new StepProfile.Part(
                                part.name(),
                                part.pass(),
                                part.kernels(),
                                new long[] {part.startNanos()[0]},
                                new long[] {100}))
                        .toList(),
                new long[] {50_070}));
    }

    /** In each of three equal steps another part takes 230 ns more: no median sees it, the step's does. */
    @Test
    void timeThatNoMedianSeesDoesNotAddUp() {
        StepProfile steady = SampleProfile.steps(0);
        List<StepProfile.Part> parts = new ArrayList<>();
        for (int i = 0; i < steady.parts().size(); i++) {
            StepProfile.Part part = steady.parts().get(i);
            long[] start = new long[3];
            long[] nanos = new long[3];
            for (int step = 0; step < 3; step++) {
                start[step] = part.startNanos()[0] + (i > step ? 230 : 0);
                nanos[step] = i == step ? 330 : 100;
            }
            parts.add(new StepProfile.Part(part.name(), part.pass(), part.kernels(), start, nanos));
        }
        ProfileReport report = ProfileReport.of(
                SampleProfile.subject(),
                SampleProfile.roof(),
                new StepProfile(parts, new long[] {1000, 1000, 1000}).followedBy(slow()),
                SampleProfile.PLAIN,
                SampleProfile.model());
        assertEquals(-0.23, report.deviation(), ROUNDING);
        assertFalse(report.addsUp());
        assertTrue(ProfileCells.sum(report).contains("does not add up"), ProfileCells.sum(report));
    }

    @Test
    void quartilesAreInterpolated() {
        assertEquals(new Timing(2, 3, 4), Timing.of(new long[] {5, 1, 4, 2, 3}));
        assertEquals(new Timing(1.75, 2.5, 3.25), Timing.of(new long[] {4, 3, 2, 1}));
        assertEquals(2.0 / 3, new Timing(2, 3, 4).spread(), ROUNDING);
        assertEquals(new Timing(7, 7, 7), Timing.of(new long[] {7}));
    }

    @Test
    void stepsOfTwoRangesFollowEachOther() {
        StepProfile both = SampleProfile.steps(0).followedBy(SampleProfile.steps(30));
        assertArrayEquals(new long[] {770, 770, 800, 800}, both.stepNanos());
        assertEquals(4, both.parts().get(3).nanos().length);
        StepProfile other = new StepProfile(both.parts().subList(0, 2), both.stepNanos());
        assertThrows(IllegalArgumentException.class, () -> both.followedBy(other));
    }

    @Test
    void aRoofIsTheLowerOfArithmeticAndMemory() {
        Roof roof = SampleProfile.roof();
        assertEquals(1e11, roof.attainable(1e6, 1e3), "arithmetic");
        assertEquals(0.1 * 2e10, roof.attainable(1e5, 1e6), ROUNDING, "0.1 operations a byte of the larger copy");
        assertEquals(0.1 * 1e11, roof.attainable(100, 1000), ROUNDING, "the smaller copy moves as much");
        assertEquals(2e10, roof.bytesPerSecond(1e9), "beyond the largest");
        assertEquals(1e11, roof.cacheBytesPerSecond());
    }

    /** Counted by hand from the textbook's loops. */
    @Test
    void workIsThatOfThePlainOps() {
        Map<String, Work> work = new LinkedHashMap<>();
        for (StepProfile.Part part : SampleProfile.steps(0).parts()) {
            work.put(part.name() + " " + part.pass(), SampleProfile.model().of(part));
        }
        // Convolution 4x4x4 outputs of 9 multiply-adds, a maximum with 0 each, 4 comparisons for 2x2x4 windows.
        double forward = 2 * (4 * 4 * 4 * 9 * 2 + 4 * 4 * 4 + 2 * 2 * 4 * 4);
        // 6x6 pixels in, 2x2x4 values out, 36 weights and 4 biases.
        assertEquals(new Work(forward, 4 * (2 * 36 + 2 * 16 + 40)), work.get("conv1+relu1+pool1 FORWARD"));
        // No gradient of the images: weights' only, then a value each through ReLU and pooling; x, y, dy, w, dw.
        double backward = 2 * (4 * 4 * 4 * 9 * 2 + 4 * 4 * 4 + 2 * 2 * 4);
        assertEquals(new Work(backward, 4 * (2 * 36 + 2 * 2 * 16 + 2 * 40)), work.get("conv1+relu1+pool1 BACKWARD"));
        assertEquals(new Work(2 * 2 * 16 * 3, 4 * (2 * 16 + 2 * 3 + 51)), work.get("logits FORWARD"));
        // Both gradients; x, dy, w, dw, dx, and no y.
        assertEquals(new Work(2 * 2 * 2 * 16 * 3, 4 * (2 * 2 * 16 + 2 * 3 + 2 * 51)), work.get("logits BACKWARD"));
        // The targets are int32.
        assertEquals(new Work(7 * 2 * 3, 4 * 2 * 2 * 3 + 4 * 2), work.get("loss LOSS"));
        assertEquals(new Work(2 * 36, 2 * 36 + 4 * 2 * 36 + 4 * 2 * 2), work.get("images PIPELINE"));
        // Weight, m and v read and written, the gradient read.
        assertEquals(new Work(12 * 91, 7 * 4 * 91), work.get("update OPTIMIZER"));
    }

    @Test
    void aPartOfUnknownOpsIsRefused() {
        StepProfile.Part stray = new StepProfile.Part("conv9", Pass.FORWARD, "", new long[1], new long[1]);
        assertThrows(IllegalArgumentException.class, () -> SampleProfile.model().of(stray));
    }

    @Test
    void theSchemaTakesAProfileAndRefusesAnotherForm() {
        ValidatorFactory factory = new ValidatorFactory().withJsonNodeFactory(new MapNode.Factory());
        String text = ProfileJson.text(SampleProfile.report());
        Validator.Result result = factory.validate(ProfileJson.schema(), text);
        assertTrue(
                result.isValid(),
                () -> result.getErrors().stream()
                        .map(error -> error.getInstanceLocation() + " " + error.getError())
                        .toList()
                        .toString());
        for (String[] change : new String[][] {{"\"backward\"", "\"back\""}, {"\"flops\"", "\"flop\""}}) {
            assertFalse(factory.validate(ProfileJson.schema(), text.replace(change[0], change[1]))
                    .isValid());
        }
    }

    @Test
    void thePageShowsWhatKernelsAreCalledAsTheyAre() {
        String page = HtmlPage.of(ProfilePage.of(SampleProfile.report()));
        assertTrue(page.contains("ours: &lt;loops>"), "escaped");
        assertTrue(page.contains("<svg"), "the roofline is within the page");
    }

    @Test
    void aTraceHasEveryPartInsideItsStep() throws IOException {
        Map<String, Object> trace = Json.read(ChromeTrace.text(SampleProfile.report(), SampleProfile.steps(0)));
        List<?> events = (List<?>) trace.get("traceEvents");
        assertEquals(2 + 2 * 8, events.size(), "two names, and for each step itself and seven parts");
        double begin = 0;
        double end = 0;
        for (Object each : events) {
            Map<?, ?> event = (Map<?, ?>) each;
            if (!"X".equals(event.get("ph"))) {
                continue;
            }
            double start = ((Number) event.get("ts")).doubleValue();
            double stop = start + ((Number) event.get("dur")).doubleValue();
            if (String.valueOf(event.get("cat")).equals("step")) {
                assertTrue(start >= end - ROUNDING, "steps follow each other");
                begin = start;
                end = stop;
            }
            assertTrue(start >= begin - ROUNDING && stop <= end + ROUNDING, event.toString());
        }
    }
}
