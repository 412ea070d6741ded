package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    @Test
    void aFileIsReplacedAndNothingElseLeftBehind() throws IOException {
        Path file = folder.resolve("file");
        AtomicFile.write(file, "a much longer first text");
        AtomicFile.write(file, "second");
        assertEquals("second", Files.readString(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void aWriteThatFailsLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("file");
        AtomicFile.write(file, "first");
        Files.createDirectory(folder.resolve("file.tmp"));
        assertThrows(UncheckedIOException.class, () -> AtomicFile.write(file, "second"));
        assertEquals("first", Files.readString(file));
    }

    @Test
    void aFailedWriteLeavesNoLitter() throws IOException {
        Path occupied = Files.createDirectory(folder.resolve("folder"));
        Files.writeString(occupied.resolve("inside"), "");
        assertThrows(UncheckedIOException.class, () -> AtomicFile.write(occupied, "text"));
        assertThrows(UncheckedIOException.class, () -> AtomicFile.write(Path.of(""), "text"));
        assertThrows(UncheckedIOException.class, () -> AtomicFile.write(Path.of("/"), "text"));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void symbolicLinksAreFollowedNotReplaced() throws IOException {
        Path target =
                Files.writeString(Files.createDirectory(folder.resolve("there")).resolve("file"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("there/file"));
        Path toLink = Files.createSymbolicLink(folder.resolve("to-link"), link);
        AtomicFile.write(toLink, "new");
        assertEquals("new", Files.readString(target));
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(Files.isSymbolicLink(toLink));
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("there/fresh"));
        AtomicFile.write(dangling, "made");
        assertTrue(Files.isSymbolicLink(dangling));
        assertEquals("made", Files.readString(folder.resolve("there/fresh")));
        Path circle = Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
        assertThrows(UncheckedIOException.class, () -> AtomicFile.write(circle, "text"));
    }

    @Test
    void aLinkInTheTemporaryFilesPlaceIsNotFollowed() throws IOException {
        Path mine = Files.writeString(folder.resolve("mine"), "mine");
        Files.createSymbolicLink(folder.resolve("file.tmp"), mine);
        assertThrows(UncheckedIOException.class, () -> AtomicFile.write(folder.resolve("file"), "text"));
        assertEquals("mine", Files.readString(mine));
    }

    /** A pipe stands for devices too, of which none is put at risk here. */
    @Test
    void whatIsNoRegularFileIsWrittenTo() throws Exception {
        Path pipe = folder.resolve("pipe");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        Assumptions.assumeTrue(made.waitFor() == 0, "there is no mkfifo");
        Path link = Files.createSymbolicLink(folder.resolve("link"), pipe);
        Path copy = folder.resolve("copy");
        Process reader = new ProcessBuilder("cat", pipe.toString())
                .redirectOutput(copy.toFile())
                .start();
        AtomicFile.write(link, "through");
        assertEquals(0, reader.waitFor());
        assertEquals("through", Files.readString(copy));
        assertFalse(Files.isRegularFile(pipe));
        assertTrue(Files.isSymbolicLink(link));
    }

    @Test
    void staleTemporaryFilesAreSweptAtAnyDepth() throws IOException {
        Path stale = Files.createDirectories(folder.resolve("a/b")).resolve("model.tmp");
        Files.writeString(stale, "half");
        Path whole = Files.writeString(folder.resolve("a/whole"), "whole");
        AtomicFile.sweep(folder);
        assertFalse(Files.exists(stale));
        assertTrue(Files.exists(whole));
    }
}
