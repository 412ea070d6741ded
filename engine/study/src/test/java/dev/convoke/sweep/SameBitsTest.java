package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Execution;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.Convolution;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.WindowGeometry;
import dev.convoke.plan.FusedGroup;
import dev.convoke.train.Cancellation;
import dev.convoke.train.EpochMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a trial gives depends on itself alone: not on what runs beside it, nor on stops between its epochs. */
class SameBitsTest {
    private static final String SUITE = """
            convoke: 1
            name: same-bits
            seeds: 2
            base:
              blocks: %s
              dense: 6
              dropout: 0.2
              learning_rate: 0.01
              epochs: 3
              batch_size: 10
              augmentation: {rotation: 5, horizontal_flip: true}
            runs:
              - {name: continued, start_from: plain}
              - {name: plain}
              - {name: stopping, batch_norm: each_block, early_stopping: {patience: 1, restore_best: true}}
              - {name: sgd, optimizer: {name: sgd, momentum: 0.9}}
            """;

    @TempDir
    Path folder;

    private SweepRequest request(SweepBackend subject, Suite suite, String out, int jobs) {
        return request(subject, suite, out, jobs, SweepRequest.Existing.REFUSE);
    }

    private SweepRequest request(
            SweepBackend subject, Suite suite, String out, int jobs, SweepRequest.Existing existing) {
        return new SweepRequest(
                suite,
                subject.dataset(),
                Map.of(),
                Optional.empty(),
                jobs,
                folder.resolve(out),
                existing,
                subject.backend(),
                Execution.SINGLE_THREAD,
                "0.1.0",
                "convoke sweep same-bits");
    }

    private static SweepResults run(SweepRequest request) {
        SweepResults results = Sweep.run(request, SweepListener.SILENT, new Cancellation());
        assertTrue(results.runs().stream().allMatch(run -> run.done().size() == 2), "every trial ends");
        return results;
    }

    private void assertSame(SweepResults expected, String expectedOut, SweepResults actual, String actualOut)
            throws IOException {
        SweepBits.assertSame(expected, folder.resolve(expectedOut), actual, folder.resolve(actualOut));
    }

    @ParameterizedTest
    @EnumSource
    void aTrialGivesTheSameBitsAloneAndBesideOthers(SweepBackend subject) throws IOException {
        subject.assumeAvailable();
        Suite suite = subject.suite(SUITE);
        SweepResults one = run(request(subject, suite, "one", 1));
        assertSame(one, "one", run(request(subject, suite, "three", 3)), "three");
        // As many at a time as there are trials, four times the cores of the machine that builds this.
        assertSame(one, "one", run(request(subject, suite, "eight", 8)), "eight");
        for (String name : List.of("stopping", "sgd")) {
            SweepResults alone = run(request(subject, suite.only(name), name, 1));
            assertEquals(1, alone.runs().size());
            assertSame(one, "one", alone, name);
        }
        assertNotEquals(
                SweepBits.timeless(one, "plain").get(0).epochs(),
                SweepBits.timeless(one, "plain").get(1).epochs(),
                "seeds differ, so that the comparison can fail");
    }

    @ParameterizedTest
    @CsvSource({"REFERENCE, 1", "REFERENCE, 4", "REFERENCE, 11", "REFERENCE, 16", "CPU, 4", "CPU, 11"})
    void aSweepStoppedAfterAnyEpochAndResumedGivesTheBitsOfOneThatWasNot(SweepBackend subject, int epochs)
            throws IOException {
        subject.assumeAvailable();
        Suite suite = subject.suite(SUITE);
        SweepResults whole = run(request(subject, suite, "whole", 1));
        Cancellation cancellation = new Cancellation();
        List<String> ended = new ArrayList<>();
        SweepListener stopping = new SweepListener() {
            @Override
            public void epochEnded(Trial trial, EpochMetrics metrics) {
                ended.add(trial.name());
                if (ended.size() == epochs) {
                    cancellation.cancel();
                }
            }
        };
        SweepResults partial = Sweep.run(request(subject, suite, "parts", 1), stopping, cancellation);
        long missing = partial.runs().stream()
                .flatMap(run -> run.seeds().stream())
                .filter(seed -> seed.status() == SweepResults.Status.MISSING)
                .count();
        assertTrue(missing > 0, "the stop left nothing to resume");
        assertEquals(partial, ResultsJson.read(folder.resolve("parts").resolve(Sweep.RESULTS)));
        SweepRequest rest = request(subject, suite, "parts", 2, SweepRequest.Existing.RESUME);
        assertSame(whole, "whole", run(rest), "parts");
    }

    @Test
    void ourFusedKernelsServeTheConvolutionsOnTheProcessor() {
        SweepBackend.CPU.assumeAvailable();
        Suite.Run plain = SweepBackend.CPU.suite(SUITE).run("plain").orElseThrow();
        List<FusedGroup> fused =
                ModelSummary.compile(TrialRunner.model(plain, SweepBackend.CPU.dataset())).groups().stream()
                        .filter(group -> group.kind() == FusedGroup.Kind.CONVOLUTION_ACTIVATION_POOLING)
                        .toList();
        assertEquals(2, fused.size());
        for (FusedGroup group : fused) {
            WindowGeometry window =
                    ((Convolution) group.first().layer()).over(group.first().inputShape());
            WindowGeometry pool =
                    ((MaxPooling) group.last().layer()).over(group.last().inputShape());
            int served = Kernels.fusedConvolutionSupports(
                    window.input().channels(),
                    window.output().channels(),
                    window.size().height(),
                    window.stride().height(),
                    window.padTop(),
                    pool.size().height(),
                    pool.stride().height());
            assertNotEquals(0, served, group.name());
        }
    }
}
