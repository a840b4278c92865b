// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A container with a base folder of its own, to which applications are added before it is started. */
abstract class Installation {

    private final Path base;
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Path jdk = Path.of(System.getProperty("java.home"));

    Installation(Path base) {
        this.base = base;
        option("-Xmx256m");
        option("-XX:TieredStopAtLevel=1");
    }

    Path base() {
        return base;
    }

    Path webapps() {
        return base.resolve("webapps");
    }

    Installation deploy(WebApp app) {
        app.write(webapps());
        return this;
    }

    /** Adds an option of the JVM. */
    Installation option(String option) {
        options.add(option);
        return this;
    }

    Installation environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Installation jdk(Path home) {
        jdk = home;
        return this;
    }

    /** The file that tells the container to deploy an application again, when it changes. */
    abstract Path trigger(WebApp app) throws IOException;

    /** What the container calls the class loaders of applications. */
    abstract String loader();

    /** Lets the container authenticate alice and bob for an application, both with the password secret. */
    abstract Installation knowUsers(WebApp app) throws IOException;

    /** Uses threads that cost nothing, as the container's documentation says. */
    abstract Installation virtualThreads() throws IOException;

    /** Has no more threads than these for requests. */
    abstract Installation fewThreads(int most) throws IOException;

    /** Puts the drop-in JAR where all applications have it, as our page about the container says. */
    abstract Installation shareJar() throws IOException;

    /** Writes the configuration that counts for all applications. */
    abstract Installation shareConfiguration(String yaml) throws IOException;

    abstract List<String> command(Path jdk, List<String> jvm);

    /** What the log says once requests are taken, with the port as its group. */
    abstract Pattern port();

    abstract Pattern started();

    /** Starts the container and waits until it takes requests. */
    Running start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(jdk, options))
                .directory(base.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("CATALINA_OPTS", String.join(" ", options));
        builder.environment().putAll(environment);
        Path log = base.resolve("console.log");
        Files.deleteIfExists(log);
        return Running.start(builder.redirectOutput(log.toFile()), log, started(), port());
    }

    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
