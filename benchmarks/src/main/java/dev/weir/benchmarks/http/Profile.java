// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time and the memory of a limiter go, from a recording of Flight Recorder: samples whose stack is inside the
 * limiter, without what stands behind it in the chain. Samples, so shares are rough; not thread-safe.
 */
final class Profile {

    private static final int SHOWN = 14;
    private static final int DEPTH = 3;
    private static final List<String> LIMITERS = List.of(
            "dev.weir.",
            "org.apache.catalina.filters.RateLimitFilter",
            "org.apache.catalina.util.RateLimiter",
            "org.apache.catalina.util.TimeBucketCounter",
            "org.eclipse.jetty.ee11.servlets.DoSFilter",
            "io.github.bucket4j.");

    private static final List<String> NOT_LIMITERS =
            List.of(HelloServlet.class.getName(), ServerMain.class.getName(), Usage.class.getName());

    private final Map<String, Long> bytesByType = new HashMap<>();
    private final Map<String, Long> bytesByPlace = new HashMap<>();
    private final Map<String, Long> samplesByPlace = new HashMap<>();
    private final Map<String, Long> samplesByTop = new HashMap<>();
    private long samples;
    private long bytes;

    /** Reads a recording. */
    static Profile read(Path file) throws IOException {
        Profile profile = new Profile();
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                profile.add(recording.readEvent());
            }
        }
        return profile;
    }

    private void add(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return;
        }
        List<String> frames =
                event.getStackTrace().getFrames().stream().map(Profile::name).toList();
        switch (event.getEventType().getName()) {
            case "jdk.ObjectAllocationSample" -> {
                long weight = event.getLong("weight");
                bytes += weight;
                String place = place(frames);
                if (!place.isEmpty()) {
                    RecordedClass type = event.getClass("objectClass");
                    bytesByType.merge(type.getName(), weight, Long::sum);
                    bytesByPlace.merge(place, weight, Long::sum);
                }
            }
            case "jdk.ExecutionSample", "jdk.NativeMethodSample" -> {
                samples++;
                String place = place(frames);
                if (!place.isEmpty()) {
                    samplesByPlace.merge(place, 1L, Long::sum);
                    samplesByTop.merge(shortened(frames.get(0)), 1L, Long::sum);
                }
            }
            default -> {
                // Not looked at.
            }
        }
    }

    /**
     * Finds a sample's place in the limiter.
     *
     * @param frames type and method, the innermost first
     * @return the innermost frames of the limiter, or nothing if the sample is not inside it
     */
    static String place(List<String> frames) {
        for (int i = 0; i < frames.size(); i++) {
            if (isLimiter(frames.get(i))) {
                StringBuilder text = new StringBuilder(shortened(frames.get(i)));
                for (int j = i + 1; j < frames.size() && j < i + DEPTH && isLimiter(frames.get(j)); j++) {
                    text.append(" < ").append(shortened(frames.get(j)));
                }
                return text.toString();
            }
            // The chain goes on behind the limiter: what is called from here is not its own.
            if (frames.get(i).endsWith(".doFilter")) {
                return "";
            }
        }
        return "";
    }

    private static boolean isLimiter(String frame) {
        return LIMITERS.stream().anyMatch(frame::startsWith)
                && NOT_LIMITERS.stream().noneMatch(frame::startsWith);
    }

    private static String shortened(String frame) {
        return frame.substring(frame.lastIndexOf('.', frame.lastIndexOf('.') - 1) + 1);
    }

    private static String name(RecordedFrame frame) {
        RecordedMethod method = frame.getMethod();
        return method.getType().getName() + "." + method.getName();
    }

    /** {@return a report: shares only, because what a sample of an allocation stands for is known roughly} */
    String text() {
        long insideSamples = sum(samplesByPlace);
        long insideBytes = sum(bytesByPlace);
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "  inside the limiter: %.1f %% of %d samples, %.1f %% of the bytes sampled%n",
                percent(insideSamples, samples),
                samples,
                percent(insideBytes, bytes)));
        append(text, "  time by top frame, % of all", samplesByTop, samples);
        append(text, "  time by frame of the limiter, % of all", samplesByPlace, samples);
        append(text, "  bytes by type, % of the limiter's", bytesByType, insideBytes);
        append(text, "  bytes by frame of the limiter, % of the limiter's", bytesByPlace, insideBytes);
        return text.toString();
    }

    private static long sum(Map<String, Long> values) {
        return values.values().stream().mapToLong(Long::longValue).sum();
    }

    private static double percent(long part, long all) {
        return 100.0 * part / Math.max(1, all);
    }

    private static void append(StringBuilder text, String title, Map<String, Long> values, long all) {
        text.append(title).append(System.lineSeparator());
        values.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(SHOWN)
                .forEach(entry -> text.append(
                        String.format(Locale.ROOT, "    %8.1f  %s%n", percent(entry.getValue(), all), entry.getKey())));
    }
}
