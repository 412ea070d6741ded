package dev.convoke.bench.peers;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Start-up time and memory of an engine.
 *
 * @param title which engine, and what was started
 * @param seconds from the start of the process to its end or its first response, by repetition
 * @param peakBytes peak resident memory while training; 0 if not measured
 * @param images images that it had trained by then
 */
record StartUp(String title, Rates seconds, long peakBytes, long images) {
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("what", title);
        facts.put("seconds", seconds.median());
        facts.put("peak_resident_bytes", peakBytes);
        facts.put("images", images);
        return facts;
    }
}
