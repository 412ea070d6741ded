package dev.convoke.report.profile;

import dev.convoke.backend.StepProfile;
import dev.convoke.report.chart.StandaloneSvg;
import dev.convoke.report.document.HtmlPage;
import dev.convoke.train.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes {@code profile.json}, {@code profile.html}, {@code roofline.svg} and {@code trace.json}. */
public final class ProfileWriter {
    private ProfileWriter() {}

    /**
     * Writes the files into a folder, which is made where there is none; those of an earlier profile are replaced.
     *
     * @throws UncheckedIOException if the folder cannot be made or a file not be written
     */
    public static void write(Path folder, ProfileReport report, StepProfile profile) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be made: " + e.getMessage(), e);
        }
        AtomicFile.write(folder.resolve("profile.json"), ProfileJson.text(report));
        AtomicFile.write(folder.resolve("trace.json"), ChromeTrace.text(report, profile));
        AtomicFile.write(folder.resolve(Roofline.FILE), StandaloneSvg.of(Roofline.figure(report)));
        AtomicFile.write(folder.resolve("profile.html"), HtmlPage.of(ProfilePage.of(report)));
    }
}
