// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * One server in a JVM of its own. It prints its port, answers commands on its input, one a line, and ends with its input: so
 * it never outlives who started it.
 */
final class ServerMain {

    private ServerMain() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        // Tomcat's own filter warns of each refusal: standard output is for the answers alone.
        System.setOut(System.err);
        try (WebServer server = ServerKind.valueOf(args[0]).start(Variant.valueOf(args[1]), Limit.valueOf(args[2]));
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            answer(out, Integer.toString(server.port()));
            serve(in, out);
        }
        System.exit(0);
    }

    private static void serve(BufferedReader in, PrintStream out) throws Exception {
        try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", 2);
                switch (words[0]) {
                    case "usage" -> answer(out, Usage.now().line());
                    case "record" -> {
                        recording.enable("jdk.ObjectAllocationSample").with("throttle", "3000/s");
                        recording.start();
                        answer(out, "recording");
                    }
                    case "dump" -> {
                        recording.stop();
                        recording.dump(Path.of(words[1]));
                        answer(out, "dumped");
                    }
                    default -> throw new IllegalArgumentException(line);
                }
            }
        }
    }

    private static void answer(PrintStream out, String line) {
        out.println(line);
        out.flush();
    }
}
