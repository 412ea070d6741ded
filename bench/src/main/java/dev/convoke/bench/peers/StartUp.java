package dev.convoke.bench.peers;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One engine's weight: how long until it is there, and what it holds.
 *
 * @param title which engine, and what was started
 * @param seconds from the start of the process to its end or its first answer, by repetition
 * @param peakBytes largest resident memory of one that trains; 0 where it was not asked
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
