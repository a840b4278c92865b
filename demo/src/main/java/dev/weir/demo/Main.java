// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.logging.LogManager;

/** Runs the demo from a command line until it is told to stop. */
public final class Main {

    private static final int FAILED = 1;
    private static final int MISUSED = 2;
    private static final String REFERENCE = "weir.yaml";

    private Main() {}

    /**
     * Starts the demo.
     *
     * @param args the options, see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(run(System.out, System.err, args));
    }

    /** {@return the exit code: 0, 1 if the demo could not start, 2 if the options make no sense} */
    static int run(PrintStream out, PrintStream err, String... args) {
        try {
            Options options = Options.parse(args);
            if (options.help()) {
                out.print(Options.USAGE);
                return 0;
            }
            quietLogging();
            return serve(options, out, err);
        } catch (Options.UsageException e) {
            err.println(e.getMessage() + "\n");
            err.print(Options.USAGE);
            return MISUSED;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return FAILED;
        } catch (IOException e) {
            throw new IllegalStateException("the demo is incomplete", e);
        }
    }

    private static int serve(Options options, PrintStream out, PrintStream err) throws IOException {
        Configuration configuration = configuration(options);
        if (options.redis().isEmpty()) {
            return serve(configuration, options, out, err);
        }
        DemoRedis redis;
        try {
            redis = DemoRedis.open(options.redis().get(), System::getenv);
        } catch (IOException e) {
            err.println("No Redis could be started: " + e.getMessage());
            return FAILED;
        }
        try (redis) {
            redis.own()
                    .ifPresent(server -> out.println("Redis " + server.version() + " at " + server.uri()
                            + " was started for this demo, and ends with it."));
            return serve(redis.in(configuration), options, out, err);
        }
    }

    private static int serve(Configuration configuration, Options options, PrintStream out, PrintStream err) {
        RateLimiter limiter = RateLimiter.builder(configuration).build();
        Demo demo;
        try {
            demo = Demo.start(limiter, options.port());
        } catch (IOException e) {
            err.println("Port " + options.port() + " cannot be had (" + reason(e)
                    + "). Choose another with --port, or any free one with --port 0.");
            return FAILED;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "demo-stop"));
        out.print(Welcome.text(demo));
        out.flush();
        try {
            demo.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            demo.close();
        }
        return 0;
    }

    /** Jetty says where it failed to bind; what is behind that says why. */
    private static String reason(IOException e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }

    private static Configuration configuration(Options options) throws IOException {
        if (options.config().isPresent()) {
            return Configuration.read(options.config().get());
        }
        return reference();
    }

    /** {@return the reference configuration} */
    static Configuration reference() throws IOException {
        try (InputStream in = Main.class.getResourceAsStream(REFERENCE)) {
            return Configuration.read(REFERENCE, in);
        }
    }

    private static void quietLogging() throws IOException {
        try (InputStream in = Main.class.getResourceAsStream("logging.properties")) {
            LogManager.getLogManager().readConfiguration(in);
        }
    }
}
