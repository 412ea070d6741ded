package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.convoke.backend.cuda.CudaProvider;
import dev.convoke.sweep.MapNode;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    private static Validator.Result validate(String json) throws IOException {
        try (InputStream in = DoctorCommand.class.getResourceAsStream("doctor.schema.json")) {
            String schema = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new ValidatorFactory()
                    .withJsonNodeFactory(new MapNode.Factory())
                    .validate(schema, json);
        }
    }

    @Test
    void whatIsFoundIsPrintedAndNothingFails() {
        CommandLineRun run = CommandLineRun.of("doctor");
        assertEquals(0, run.code(), run.err());
        for (String mention : List.of("java", "oneDNN", "our kernels", "NVIDIA driver", "cuDNN", "libdnnl")) {
            assertTrue(run.out().contains(mention), run.out());
        }
        assertTrue(run.out().contains("--device auto picks "), run.out());
    }

    @Test
    void withoutAGpuTheReasonAndTheRemedyAreALineEach() {
        List<String> missing = new CudaProvider().facts().missing();
        Assumptions.assumeFalse(missing.isEmpty(), "this machine has a GPU that works");
        CommandLineRun run = CommandLineRun.of("doctor");
        assertEquals(0, run.code());
        for (String line : missing) {
            assertTrue(run.out().lines().anyMatch(printed -> printed.strip().equals(line)), run.out());
        }
        assertTrue(run.out().contains("--device auto picks cpu"), run.out());
    }

    @Test
    void theJsonKeepsToItsSchema() throws IOException {
        CommandLineRun run = CommandLineRun.of("doctor", "--json");
        assertEquals(0, run.code(), run.err());
        Validator.Result result = validate(run.out());
        assertTrue(result.isValid(), () -> result.getErrors().toString());
        assertFalse(validate(run.out().replace("\"missing\"", "\"mising\"")).isValid());
    }

    @Test
    void aVerifiedProcessorPassesAndKeepsToTheSchema() throws IOException {
        CommandLineRun run = CommandLineRun.of("doctor", "--verify", "--steps", "2", "--device", "cpu", "--json");
        assertEquals(0, run.code(), run.err() + run.out());
        Validator.Result result = validate(run.out());
        assertTrue(result.isValid(), () -> result.getErrors().toString());
        Map<String, Object> verification =
                JSON.std.mapFrom(JSON.std.asString(JSON.std.mapFrom(run.out()).get("verification")));
        assertEquals(true, verification.get("passed"));
        assertEquals(2, ((List<?>) verification.get("curves")).size());
    }

    @Test
    void aDeviceThatIsNotThereCannotBeVerified() {
        Assumptions.assumeFalse(new CudaProvider().facts().missing().isEmpty(), "this machine has a GPU that works");
        CommandLineRun run = CommandLineRun.of("doctor", "--verify", "--device", "cuda", "--json");
        assertEquals(ExitCode.DEVICE.code(), run.code());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("convoke: device 'cuda' "), run.err());
    }

    @Test
    void stepsHaveBounds() {
        assertEquals(
                ExitCode.USAGE.code(),
                CommandLineRun.of("doctor", "--verify", "--steps", "0").code());
    }

    @Test
    void aLibrarysPlaceSaysWhoPutItThere() {
        assertEquals(
                NativeLibrary.Origin.BUNDLE,
                NativeLibrary.origin(Path.of("/opt/convoke/native/libdnnl.so.3"), "/opt/convoke"));
        assertEquals(
                NativeLibrary.Origin.CACHE,
                NativeLibrary.origin(Path.of("/home/me/.javacpp/cache/dnnl.jar/org/libdnnl.so.3"), null));
        assertEquals(
                NativeLibrary.Origin.SYSTEM,
                NativeLibrary.origin(Path.of("/usr/lib/x86_64-linux-gnu/libcuda.so.1"), "/opt/convoke"));
    }
}
