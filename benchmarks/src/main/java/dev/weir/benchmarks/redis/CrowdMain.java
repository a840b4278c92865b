// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import io.lettuce.core.RedisClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A crowd in a JVM of its own. It answers commands on its input, one a line, and ends with its input: so it never outlives
 * who started it. Its only argument is the server's address. Not thread-safe.
 */
final class CrowdMain implements AutoCloseable {

    private final RedisClient client = RedisClient.create();
    private final String uri;
    private final Map<Integer, String[]> names = new HashMap<>();
    private final Map<Integer, Opened> subjects = new HashMap<>();
    private int opened;

    private record Opened(Series series, Subject subject) {}

    private CrowdMain(String uri) {
        this.uri = uri;
    }

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        // Standard output is for the answers alone.
        System.setOut(System.err);
        RedisComparison.quieten();
        try (CrowdMain crowd = new CrowdMain(args[0]);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            answer(out, "ready");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                answer(out, crowd.obey(line.split(" ", -1)));
            }
        }
        System.exit(0);
    }

    private String obey(String... words) throws InterruptedException {
        return switch (words[0]) {
            case "open" -> open(words);
            case "try" -> attempt(opened(words), number(words[2]), number(words[3]));
            case "fill" -> {
                Opened to = opened(words);
                Crowd.fill(
                        to.series().kind(),
                        to.subject(),
                        new Crowd.Newcomers(number(words[2]), number(words[3]), number(words[4])));
                yield "filled";
            }
            case "ask" -> {
                Opened whom = opened(words);
                Effort.Cell cell = new Effort.Cell(whom.series().kind(), number(words[2]), number(words[3]));
                Crowd.Result result = Crowd.ask(whom.subject(), cell, Duration.ofMillis(number(words[4])));
                yield new Answers(result.latencies().count(), result.elapsedNanos()).line();
            }
            case "close" -> {
                opened(words).subject().close();
                subjects.remove(number(words[1]));
                yield "closed";
            }
            default -> throw new IllegalArgumentException(String.join(" ", words));
        };
    }

    /** Series, prefix of the keys, load, callers, buckets. The answer is the number by which it is known. */
    private String open(String... words) {
        Series series = Series.valueOf(words[1]);
        Load load = words[3].equals("SCARCE") ? Load.SCARCE : Load.OPEN;
        String[] callers = names.computeIfAbsent(number(words[4]), Site::names);
        Subject subject = series.open(new Site(client, uri, words[2]), load, callers, number(words[5]));
        subjects.put(opened, new Opened(series, subject));
        return Integer.toString(opened++);
    }

    /** How often a caller is admitted who comes so many times. */
    private static String attempt(Opened at, int caller, int times) {
        at.subject().prepare(caller);
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            admitted += at.subject().take(caller) ? 1 : 0;
        }
        at.subject().check();
        return Integer.toString(admitted);
    }

    private Opened opened(String... words) {
        Opened known = subjects.get(number(words[1]));
        if (known == null) {
            throw new IllegalArgumentException("nothing is open as " + words[1]);
        }
        return known;
    }

    private static int number(String word) {
        return Integer.parseInt(word);
    }

    private static void answer(PrintStream out, String line) {
        out.println(line);
        out.flush();
    }

    @Override
    public void close() {
        subjects.values().forEach(one -> one.subject().close());
        client.shutdown();
    }
}
