// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/** Undertow in a JVM of its own, with the drop-in JAR, and with virtual threads where that JVM has them. */
final class UndertowMain {

    /** What it prints once it takes requests, with the port as the group. */
    static final Pattern STARTED = Pattern.compile("Undertow takes requests at 127\\.0\\.0\\.1:([0-9]+)\\.");

    /** The JDK may warn of how the threads of Undertow are made. */
    static final Pattern OF_UNDERTOW = Pattern.compile("sun\\.misc\\.Unsafe|org\\.jboss\\.threads\\.");

    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    private UndertowMain() {}

    /**
     * Starts it on a JDK.
     *
     * @param configuration the file that the drop-in JAR reads
     */
    static Running start(Path jdk, Path configuration) throws Exception {
        List<String> command = List.of(
                jdk.resolve("bin/java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dweir.jar=" + Jars.dropIn(),
                "-cp",
                System.getProperty("java.class.path"),
                UndertowMain.class.getName(),
                configuration.toString());
        Path log = configuration.resolveSibling("console.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        return Running.start(builder, log, STARTED, STARTED);
    }

    /**
     * Runs until its standard input ends, or somebody ends it.
     *
     * @param arguments the configuration
     */
    public static void main(String[] arguments) throws Exception {
        ExecutorService threads = threads();
        try {
            UndertowTest.withInitializer(
                    Path.of(arguments[0]),
                    info -> info.setExecutor(threads).setAsyncExecutor(threads),
                    UndertowTest.server(),
                    UndertowMain::serve);
        } finally {
            threads.shutdown();
        }
    }

    private static void serve(int port) throws Exception {
        System.out.println("Undertow takes requests at 127.0.0.1:" + port + ".");
        int read = 0;
        while (read >= 0) {
            read = System.in.read();
        }
    }

    /* The classes of tests are those of JDK 17, which does not know the method. */
    private static ExecutorService threads() throws ReflectiveOperationException {
        if (Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
            return Executors.newCachedThreadPool();
        }
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }
}
