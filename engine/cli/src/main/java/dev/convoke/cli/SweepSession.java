package dev.convoke.cli;

import dev.convoke.report.ClaimJudge;
import dev.convoke.report.ReportWriter;
import dev.convoke.report.TerminalSummary;
import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.Sweep;
import dev.convoke.sweep.SweepListener;
import dev.convoke.sweep.SweepRequest;
import dev.convoke.sweep.SweepResults;
import dev.convoke.train.Cancellation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Runs a sweep interactively: shows progress, handles Ctrl-C, writes the report. */
final class SweepSession {
    private static final int STOP_SECONDS = 20;

    private final Console console;
    private final OutputOptions output;
    private final @Nullable Progress progress;

    /** @param progress null for what suits the terminal and the number of trials */
    SweepSession(Console console, OutputOptions output, @Nullable Progress progress) {
        this.console = console;
        this.output = output;
        this.progress = progress;
    }

    /**
     * Runs the sweep and leaves results and report in its folder.
     *
     * @throws CommandExit if it was interrupted
     */
    SweepResults run(SweepRequest request) {
        Cancellation cancellation = new Cancellation();
        CountDownLatch finished = new CountDownLatch(1);
        Thread hook = new Thread(() -> stop(cancellation, finished), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            SweepResults judged = train(request, cancellation);
            if (cancellation.isCancelled()) {
                // Printed here and not with other errors: after the hook returns, the process may end at any time.
                console.remark("convoke: stopped; continue with the same command, --resume and --out " + request.out());
                throw new CommandExit(ExitCode.INTERRUPTED, "");
            }
            show(request.out(), judged);
            return judged;
        } finally {
            finished.countDown();
            forget(hook);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already, and the hook with it.
        }
    }

    private SweepResults train(SweepRequest request, Cancellation cancellation) {
        // Claims are tested and results written before the lock is released, so that a concurrent report command sees
        // the same results.
        UnaryOperator<SweepResults> report =
                trained -> cancellation.isCancelled() ? trained : judged(request.out(), trained);
        Progress shown = Progress.of(progress, output, console, request.trials());
        if (shown == Progress.LIVE) {
            try (LiveTable table = new LiveTable(console, request.jobs())) {
                return Sweep.run(request, table, cancellation, report);
            }
        }
        SweepListener listener =
                shown == Progress.NONE ? SweepListener.SILENT : new PlainProgress(console, shown == Progress.EPOCHS);
        return Sweep.run(request, listener, cancellation, report);
    }

    private static SweepResults judged(Path folder, SweepResults trained) {
        SweepResults judged = trained.withClaims(ClaimJudge.judge(trained));
        write(folder, judged);
        return judged;
    }

    private static void stop(Cancellation cancellation, CountDownLatch finished) {
        cancellation.cancel();
        try {
            if (!finished.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                // The store survives this too: at most the epoch under way is lost.
                Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes results and report of {@code judged} into {@code folder}, which must be locked. */
    static void write(Path folder, SweepResults judged) {
        ResultsJson.write(folder.resolve(Sweep.RESULTS), judged);
        try {
            ReportWriter.write(folder, judged);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": the report cannot be written: " + e.getMessage(), e);
        }
    }

    private void show(Path folder, SweepResults judged) {
        if (output.json) {
            console.printJson(ResultsJson.text(judged));
            return;
        }
        console.printLines(TerminalSummary.of(judged, console.columns()));
        console.print("");
        console.print("report   " + folder.resolve("report.html"));
        console.print("results  " + folder.resolve(Sweep.RESULTS));
    }
}
