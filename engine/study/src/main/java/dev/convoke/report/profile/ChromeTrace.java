package dev.convoke.report.profile;

import dev.convoke.backend.StepProfile;
import dev.convoke.train.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Steps as Chrome trace events (the Trace Event Format's JSON object), which Perfetto and {@code chrome://tracing} open: a
 * bar for each step, below it one for each part. Steps are set end to end.
 */
public final class ChromeTrace {
    /** Enough to see how steps differ, few enough to stay light. */
    private static final int MOST_STEPS = 50;

    private static final int PROCESS = 1;
    private static final int THREAD = 1;

    private ChromeTrace() {}

    /** The whole file. */
    public static String text(ProfileReport report, StepProfile profile) {
        List<Object> events = new ArrayList<>();
        ProfileReport.ProfiledRun subject = report.subject();
        events.add(name("process_name", "convoke " + subject.run() + ", batch " + subject.batch()));
        events.add(name("thread_name", subject.device() + ", training steps"));
        double begin = 0;
        int steps = Math.min(MOST_STEPS, profile.stepNanos().length);
        for (int step = 0; step < steps; step++) {
            double length = profile.stepNanos()[step] / 1e3;
            events.add(event("step " + step, "step", begin, length, Map.of("images", subject.batch())));
            for (int i = 0; i < profile.parts().size(); i++) {
                StepProfile.Part part = profile.parts().get(i);
                events.add(event(
                        label(part),
                        part.pass().name().toLowerCase(Locale.ROOT),
                        begin + part.startNanos()[step] / 1e3,
                        part.nanos()[step] / 1e3,
                        arguments(report.rows().get(i))));
            }
            begin += length;
        }
        return Json.compact(Map.of("displayTimeUnit", "ns", "traceEvents", events)) + "\n";
    }

    private static String label(StepProfile.Part part) {
        return switch (part.pass()) {
            case BACKWARD -> part.name() + " backward";
            case SUM -> part.name() + " sum of gradients";
            case REORDER -> part.name() + " reordered";
            case PIPELINE, FORWARD, LOSS, OPTIMIZER -> part.name();
        };
    }

    private static Map<String, Object> arguments(ProfileRow row) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("kernels", row.kernels());
        arguments.put("flops", row.work().flops());
        arguments.put("bytes", row.work().bytes());
        return arguments;
    }

    private static Map<String, Object> name(String kind, String name) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("name", kind);
        event.put("ph", "M");
        event.put("pid", PROCESS);
        event.put("tid", THREAD);
        event.put("args", Map.of("name", name));
        return event;
    }

    /** A complete event; times in microseconds. */
    private static Map<String, Object> event(
            String name, String category, double start, double length, Map<String, Object> arguments) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("name", name);
        event.put("cat", category);
        event.put("ph", "X");
        event.put("pid", PROCESS);
        event.put("tid", THREAD);
        event.put("ts", start);
        event.put("dur", length);
        event.put("args", arguments);
        return event;
    }
}
