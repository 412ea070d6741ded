package dev.convoke.report.profile;

import dev.convoke.backend.Roof;
import dev.convoke.train.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A profile as JSON; {@code profile.schema.json} is its contract. */
public final class ProfileJson {
    private static final String SCHEMA = "profile.schema.json";
    private static final int VERSION = 1;

    private ProfileJson() {}

    /** The JSON schema of {@link #text}. */
    public static String schema() {
        try (InputStream in = ProfileJson.class.getResourceAsStream(SCHEMA)) {
            if (in == null) {
                throw new IllegalStateException(SCHEMA + " is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(SCHEMA, e);
        }
    }

    /** The whole file. Times are microseconds, rates operations and bytes a second, shares 0 to 1. */
    public static String text(ProfileReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", VERSION);
        json.put("subject", subject(report.subject()));
        json.put("roof", roof(report.roof()));
        json.put(
                "ops",
                report.rows().stream().map(row -> row(row, report.roof())).toList());
        json.put("between_us", timing(report.between()));
        json.put("step", step(report));
        return Json.indented(json);
    }

    private static Map<String, Object> subject(ProfileReport.ProfiledRun subject) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", subject.run());
        json.put("dataset", subject.dataset());
        json.put("device", subject.device());
        json.put("device_detail", subject.detail());
        json.put("processor", subject.processor());
        json.put("batch_size", subject.batch());
        json.put("precision", subject.precision());
        json.put("threads", subject.threads());
        json.put("kernels", subject.kernels());
        json.put("steps", subject.steps());
        json.put("warm_up", subject.warmUp());
        json.put("version", subject.version());
        json.put("command", subject.command());
        return json;
    }

    private static Map<String, Object> roof(Roof roof) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("arithmetic", roof.arithmetic());
        json.put("flops_per_second", roof.flopsPerSecond());
        json.put("memory_bytes_per_second", roof.memoryBytesPerSecond());
        json.put(
                "copies",
                roof.copies().stream()
                        .map(copy -> Map.of("bytes", copy.bytes(), "bytes_per_second", copy.bytesPerSecond()))
                        .toList());
        json.put("call_ns", roof.callNanos());
        return json;
    }

    private static Map<String, Object> row(ProfileRow row, Roof roof) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", row.name());
        json.put("pass", row.pass().name().toLowerCase(Locale.ROOT));
        json.put("kernels", row.kernels());
        json.put("time_us", timing(row.nanos()));
        json.put("share", row.share());
        json.put("flops", row.work().flops());
        json.put("bytes", row.work().bytes());
        json.put("flops_per_second", row.flopsPerSecond());
        json.put("bytes_per_second", row.bytesPerSecond());
        json.put("intensity", row.work().intensity());
        json.put("share_of_roof", row.shareOf(roof));
        return json;
    }

    private static Map<String, Object> step(ProfileReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time_us", timing(report.step()));
        json.put("all_us", timing(report.allSteps()));
        json.put("plain_us", timing(report.plain()));
        json.put("images_per_second", report.imagesPerSecond());
        json.put("parts_us", report.partsNanos() / 1e3);
        json.put("deviation", report.deviation());
        json.put("tolerance", ProfileReport.TOLERANCE);
        json.put("adds_up", report.addsUp());
        return json;
    }

    private static List<Double> timing(Timing nanos) {
        return List.of(nanos.lower() / 1e3, nanos.median() / 1e3, nanos.upper() / 1e3);
    }
}
