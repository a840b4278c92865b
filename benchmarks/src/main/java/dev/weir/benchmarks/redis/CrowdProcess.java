// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import dev.weir.redisrig.Jvm;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;

/** A {@link CrowdMain} that runs in a JVM of its own. What it has to complain of goes to standard error. Not thread-safe. */
final class CrowdProcess implements AutoCloseable {

    private static final Duration STOP = Duration.ofSeconds(10);

    /** What each JVM is started with, whatever the size of the machine; a million callers of all series need half a GB. */
    static final List<String> JVM = List.of("-Xms256m", "-Xmx1g", "-XX:+UseG1GC");

    private final Jvm jvm;

    private CrowdProcess(Jvm jvm) {
        this.jvm = jvm;
    }

    /** Starts one that talks to a server. */
    static CrowdProcess start(String uri) throws IOException {
        Jvm jvm = Jvm.start(CrowdMain.class, JVM, List.of(uri), Redirect.INHERIT);
        try {
            jvm.answer();
            return new CrowdProcess(jvm);
        } catch (IOException | RuntimeException e) {
            jvm.kill();
            throw new IOException("a crowd did not start", e);
        }
    }

    boolean isAlive() {
        return jvm.isAlive();
    }

    /** Tells it to do something, and does not wait: {@link #answer} does. */
    void tell(String command) throws IOException {
        jvm.tell(command);
    }

    /** {@return what it says when it has done what it was told} */
    String answer() throws IOException {
        return jvm.answer();
    }

    @Override
    public void close() throws IOException {
        jvm.end(STOP);
    }
}
