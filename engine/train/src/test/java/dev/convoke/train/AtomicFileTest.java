package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    void aWriteThatFailsLeavesTheOldFileAndNoLitter() throws IOException {
        Path file = folder.resolve("file");
        AtomicFile.write(file, "first");
        assertThrows(
                UncheckedIOException.class,
                () -> AtomicFile.write(file, stream -> {
                    stream.write(new byte[100_000]);
                    throw new IOException("No space left on device");
                }));
        assertEquals("first", Files.readString(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
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
    void somebodyElsesTemporaryFilesAndLinksAreLeftAlone() throws IOException {
        Path mine = Files.writeString(folder.resolve("mine"), "mine");
        Path link = Files.createSymbolicLink(folder.resolve("file.tmp"), mine);
        AtomicFile.write(folder.resolve("file"), "text");
        assertEquals("mine", Files.readString(mine));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("text", Files.readString(folder.resolve("file")));
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
    void whatAWriterLeftIsSweptAtAnyDepthAndNothingElse() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("a/b"));
        String random = ".0123456789abcdef.tmp";
        Path stale = Files.writeString(deep.resolve("model" + random), "half");
        Path target = Files.writeString(folder.resolve("target"), "mine");
        List<Path> kept = List.of(
                Files.writeString(deep.resolve("model"), "whole"),
                Files.writeString(deep.resolve("model.tmp"), "somebody's"),
                Files.writeString(deep.resolve("notes" + random), "somebody's"),
                Files.createSymbolicLink(folder.resolve("model" + random), target),
                target);
        AtomicFile.sweep(folder, "model"::equals);
        assertFalse(Files.exists(stale));
        for (Path file : kept) {
            assertTrue(Files.exists(file), file.toString());
        }
    }
}
