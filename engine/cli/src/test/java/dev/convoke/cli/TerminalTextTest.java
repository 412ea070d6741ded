package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others named reaches a terminal as text and as nothing else. */
class TerminalTextTest {
    private static final String HOSTILE =
            "a\u001b[2J\u001b]0;title\u0007b\nc\rd\u007fe\u009b31mf\u202eg\u2066h\u061ci\u2028j\t";

    @TempDir
    Path folder;

    private static boolean isHarmless(String text) {
        return text.chars()
                .noneMatch(c -> c < ' '
                        || (c >= 0x7f && c <= 0x9f)
                        || c == 0x61c
                        || (c >= 0x200e && c <= 0x200f)
                        || (c >= 0x2028 && c <= 0x202e)
                        || (c >= 0x2066 && c <= 0x2069));
    }

    /** All that a console writes, without the line's own end. */
    private static String written(java.util.function.Consumer<Console> action) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        action.accept(new Console(stream, stream, 80, 80, true));
        return bytes.toString(StandardCharsets.UTF_8).replaceAll("\\R$", "");
    }

    @Test
    void noControlOrDirectionCharacterIsPrinted() {
        assertTrue(isHarmless(written(console -> console.print(HOSTILE))));
        assertTrue(isHarmless(written(console -> console.remark(HOSTILE))));
        assertTrue(isHarmless(written(console -> console.drawOver(HOSTILE)).replace("\r\u001b[K", "")));
        assertEquals(
                2,
                written(console -> console.printLines("one" + HOSTILE)).lines().count());
        String styled = written(console -> console.print(console.styled(Style.BAD, HOSTILE)));
        assertTrue(styled.startsWith("\u001b[31m") && styled.endsWith("\u001b[0m"), styled);
        assertTrue(isHarmless(styled.substring(5, styled.length() - 4)));
    }

    @Test
    void whatIsWrittenInWordsStays() {
        String words = "Grüße, дом, 猫, ±0.5 ━░ é";
        assertEquals(words, TerminalText.line(words));
    }

    @Test
    void jsonSaysTheSameWithoutThem() throws IOException {
        String json = written(console -> console.printJson(Json.write(Map.of("class", HOSTILE))));
        assertFalse(json.contains("\u009b") || json.contains("\u202e") || json.contains("\u007f"), json);
        assertEquals(HOSTILE, com.fasterxml.jackson.jr.ob.JSON.std.mapFrom(json).get("class"));
    }

    @Test
    void wrongArgumentsAndTheirMessagesAreText() {
        CommandLineRun run = CommandLineRun.of("summary", HOSTILE);
        assertTrue(run.err().lines().allMatch(TerminalTextTest::isHarmless), run.err());
        CommandLineRun unknown = CommandLineRun.of("--" + HOSTILE);
        assertTrue(unknown.err().lines().allMatch(TerminalTextTest::isHarmless), unknown.err());
    }

    /** A stream that takes some bytes and then no more, as a full disk does. */
    private static final class Full extends OutputStream {
        private int room;

        Full(int room) {
            this.room = room;
        }

        @Override
        public void write(int b) throws IOException {
            if (room-- <= 0) {
                throw new IOException("No space left on device");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 200})
    void aResultThatCannotBeWrittenIsNotDone(int room) {
        for (String[] command : new String[][] {
            {"summary", "base-adam"}, {"summary", "base-adam", "--json"}, {"datasets", "--offline"}, {"sweep", "--help"}
        }) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            Console console = new Console(
                    new PrintStream(new Full(room), true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    0,
                    0,
                    false);
            assertEquals(ExitCode.DATA.code(), Main.run(console, command), String.join(" ", command));
            String said = err.toString(StandardCharsets.UTF_8);
            assertTrue(said.contains("standard output: could not be written"), said);
        }
    }
}
