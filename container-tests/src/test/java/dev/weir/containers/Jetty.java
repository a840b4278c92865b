// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Jetty as unpacked, with a JETTY_BASE of its own. */
final class Jetty extends Installation {

    private static final Pattern PORT =
            Pattern.compile("Started (?:oejs\\.)?ServerConnector@.*\\{127\\.0\\.0\\.1:([0-9]+)}");
    private static final Pattern STARTED = Pattern.compile("Started oejs\\.Server@");
    private static final int MINUTES_TO_ADD_MODULES = 3;
    private static final String USER = """
            <Call name="addUser">
              <Arg>%s</Arg>
              <Arg>
                <Call class="org.eclipse.jetty.util.security.Credential" name="getCredential"><Arg>secret</Arg></Call>
              </Arg>
              <Arg><Array type="String"><Item>user</Item></Array></Arg>
            </Call>
            """;
    private static final String LOGIN_SERVICE = """
            <Get name="securityHandler">
              <Set name="loginService">
                <New class="org.eclipse.jetty.security.HashLoginService">
                  <Arg>shop</Arg>
                  <Set name="userStore"><New class="org.eclipse.jetty.security.UserStore">%s%s</New></Set>
                </New>
              </Set>
            </Get>
            """.formatted(USER.formatted("alice"), USER.formatted("bob"));

    private final Path home;
    private final String environment;
    private final List<String> modules = new ArrayList<>();
    private final List<String> settings = new ArrayList<>();

    private Jetty(Path home, Path base, String environment) {
        super(base);
        this.home = home;
        this.environment = environment;
        this.modules.addAll(List.of("http", "http2c", environment + "-deploy", environment + "-annotations"));
    }

    static Jetty install(Path home, Path base, String environment) throws IOException {
        Files.createDirectories(base.resolve("webapps"));
        return new Jetty(home, base, environment);
    }

    @Override
    Path trigger(WebApp app) throws IOException {
        return describe(app, "");
    }

    @Override
    Installation knowUsers(WebApp app) throws IOException {
        describe(app, LOGIN_SERVICE);
        return this;
    }

    private Path describe(WebApp app, String more) throws IOException {
        Path file = webapps().resolve(app.name() + ".xml");
        write(file, """
                <?xml version="1.0"?>
                <!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "https://jetty.org/configure_10_0.dtd">
                <Configure class="org.eclipse.jetty.%s.webapp.WebAppContext">
                  <Set name="contextPath">%s</Set>
                  <Set name="war">%s</Set>
                  %s
                </Configure>
                """.formatted(environment, app.path(), webapps().resolve(app.name()), more));
        return file;
    }

    @Override
    String loader() {
        return "org.eclipse.jetty." + environment + ".webapp.WebAppClassLoader";
    }

    @Override
    Installation virtualThreads() {
        modules.add("threadpool-virtual");
        return this;
    }

    @Override
    Installation fewThreads(int most) {
        settings.add("jetty.threadPool.minThreads=1");
        settings.add("jetty.threadPool.maxThreads=" + most);
        return this;
    }

    /* In 12.0 there is no module for what an environment's applications share, so it is written. */
    @Override
    Installation shareJar() throws IOException {
        Path jar = base().resolve("lib/" + environment + "/ext/weir-dropin.jar");
        Files.createDirectories(jar.getParent());
        Files.copy(Jars.dropIn(), jar);
        if (Files.notExists(home.resolve("modules/" + environment + "-ext.mod"))) {
            write(base().resolve("modules/" + environment + "-ext.mod"), """
                    [description]
                    What all applications of %1$s share

                    [environment]
                    %1$s

                    [depend]
                    %1$s-webapp

                    [lib]
                    lib/%1$s/ext/*.jar
                    """.formatted(environment));
        }
        modules.add(environment + "-ext");
        return this;
    }

    @Override
    Installation shareConfiguration(String yaml) throws IOException {
        write(base().resolve("etc/weir.yaml"), yaml);
        return this;
    }

    @Override
    Running start() throws IOException {
        run(List.of(
                javaOf(Path.of(System.getProperty("java.home"))),
                "-jar",
                home.resolve("start.jar").toString(),
                "--add-modules=" + String.join(",", modules)));
        return super.start();
    }

    private void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(base().toFile())
                .redirectErrorStream(true)
                .redirectOutput(base().resolve("modules.log").toFile())
                .start();
        try {
            assertThat(process.waitFor(MINUTES_TO_ADD_MODULES, TimeUnit.MINUTES))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(process.exitValue())
                .as(() -> read(base().resolve("modules.log")))
                .isZero();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String javaOf(Path jdk) {
        return jdk.resolve("bin/java").toString();
    }

    @Override
    List<String> command(Path jdk, List<String> jvm) {
        List<String> command = new ArrayList<>();
        command.add(javaOf(jdk));
        command.addAll(jvm);
        command.addAll(List.of("-jar", home.resolve("start.jar").toString()));
        command.addAll(List.of("jetty.http.host=127.0.0.1", "jetty.http.port=0", "jetty.deploy.scanInterval=1"));
        command.addAll(settings);
        return command;
    }

    @Override
    Pattern port() {
        return PORT;
    }

    @Override
    Pattern started() {
        return STARTED;
    }
}
