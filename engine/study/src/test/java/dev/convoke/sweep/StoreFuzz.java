package dev.convoke.sweep;

import dev.convoke.backend.Execution;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.datasets.HostileFile;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.Cancellation;
import dev.convoke.train.TinyData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** A sweep's folder whose manifest, or the result of a trial in it, is another; the digest over it is right. */
public final class StoreFuzz {
    private static final Path FOLDER = folder();
    private static final Path MANIFEST = FOLDER.resolve("manifest.json");
    private static final SweepRequest REQUEST = new SweepRequest(
            SuiteReader.read(
                    "suite.yaml", "{convoke: 1, name: fuzz, runs: [{name: a, blocks: none, dense: none, epochs: 1}]}"),
            TinyData.dataset(),
            Map.of(),
            Optional.empty(),
            1,
            FOLDER,
            SweepRequest.Existing.RESUME,
            new ReferenceBackend(),
            Execution.SINGLE_THREAD,
            "0.1.0",
            "convoke sweep fuzz");
    private static final Trial TRIAL = new Trial(REQUEST.suite().runs().get(0), 1);
    private static final Path RESULT = FOLDER.resolve("runs/a/seed-1/result.json");
    private static final byte[] GOOD_MANIFEST = sweep();

    private StoreFuzz() {}

    private static Path folder() {
        try {
            return Files.createTempDirectory("convoke-fuzz");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] sweep() {
        Sweep.run(REQUEST, SweepListener.SILENT, new Cancellation());
        try {
            return Files.readAllBytes(MANIFEST);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The class itself, which sweeps once, is made before any input's time is taken. */
    public static void fuzzerInitialize() {}

    /** Takes {@code M} and a manifest, or {@code R} and a result, each without its digest */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        byte[] sealed = sealed(Arrays.copyOfRange(data, 1, data.length));
        Files.write(MANIFEST, data[0] == 'M' ? sealed : GOOD_MANIFEST);
        if (data[0] != 'M') {
            Files.write(RESULT, sealed);
        }
        HostileFile.judge(ConfigurationException.class, FOLDER.toString(), () -> {
            try (RunStore store = RunStore.open(REQUEST, StoreFuzz::requireLine)) {
                store.result(TRIAL);
            }
        });
    }

    private static void requireLine(String warning) {
        if (warning.lines().count() != 1) {
            throw new AssertionError("not a line: " + warning);
        }
    }

    /** An object with its digest as the last entry; what does not end as one stays as it is. */
    private static byte[] sealed(byte[] object) {
        int end = object.length - 1;
        while (end >= 0 && (object[end] == '\n' || object[end] == ' ')) {
            end--;
        }
        if (end < 0 || object[end] != '}') {
            return object;
        }
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(object, 0, end);
            String seal = ",\"sha256\":\"" + HexFormat.of().formatHex(sha256.digest()) + "\"}\n";
            byte[] sealed = Arrays.copyOf(object, end + seal.length());
            System.arraycopy(seal.getBytes(StandardCharsets.US_ASCII), 0, sealed, end, seal.length());
            return sealed;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
