// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Tomcat as unpacked, with a CATALINA_BASE of its own. */
final class Tomcat extends Installation {

    private static final Pattern PORT =
            Pattern.compile("Starting ProtocolHandler \\[\"http-nio[^\"]*-auto-1-([0-9]+)\"]");
    private static final Pattern STARTED = Pattern.compile("Server startup in");

    /* The listeners are those of the distribution. */
    private static final String SERVER = """
            <Server port="-1">
              <Listener className="org.apache.catalina.startup.VersionLoggerListener" />
              <Listener className="org.apache.catalina.core.JreMemoryLeakPreventionListener" />
              <Listener className="org.apache.catalina.mbeans.GlobalResourcesLifecycleListener" />
              <Listener className="org.apache.catalina.core.ThreadLocalLeakPreventionListener" />
              <GlobalNamingResources>
                <Resource name="UserDatabase" auth="Container" type="org.apache.catalina.UserDatabase"
                          factory="org.apache.catalina.users.MemoryUserDatabaseFactory" pathname="conf/tomcat-users.xml" />
              </GlobalNamingResources>
              <Service name="Catalina">
                <Connector address="127.0.0.1" port="0" protocol="HTTP/1.1"%s>
                  <UpgradeProtocol className="org.apache.coyote.http2.Http2Protocol" />
                </Connector>
                <Engine name="Catalina" defaultHost="localhost" backgroundProcessorDelay="1">
                  <Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="UserDatabase" />
                  <Host name="localhost" appBase="webapps" unpackWARs="true" autoDeploy="true" />
                </Engine>
              </Service>
            </Server>
            """;

    private final Path home;
    private final StringBuilder attributes = new StringBuilder();

    private Tomcat(Path home, Path base) {
        super(base);
        this.home = home;
    }

    static Tomcat install(Path home, Path base) throws IOException {
        Tomcat tomcat = new Tomcat(home, base);
        for (String folder : List.of("webapps", "temp", "logs", "work", "lib", "conf")) {
            Files.createDirectories(base.resolve(folder));
        }
        for (String file : List.of("web.xml", "context.xml", "logging.properties", "catalina.properties")) {
            Files.copy(home.resolve("conf").resolve(file), base.resolve("conf").resolve(file));
        }
        write(base.resolve("conf/server.xml"), SERVER.formatted(""));
        write(base.resolve("conf/tomcat-users.xml"), """
                <tomcat-users xmlns="http://tomcat.apache.org/xml">
                  <role rolename="user"/>
                  <user username="alice" password="secret" roles="user"/>
                  <user username="bob" password="secret" roles="user"/>
                </tomcat-users>
                """);
        tomcat.environment("CATALINA_BASE", base.toString());
        tomcat.environment("CATALINA_HOME", home.toString());
        return tomcat;
    }

    @Override
    Path trigger(WebApp app) {
        return webapps().resolve(app.name()).resolve("WEB-INF/web.xml");
    }

    @Override
    String loader() {
        return "org.apache.catalina.loader.ParallelWebappClassLoader";
    }

    /** It knows them for all. */
    @Override
    Installation knowUsers(WebApp app) {
        return this;
    }

    @Override
    Installation virtualThreads() throws IOException {
        return connector("useVirtualThreads=\"true\"");
    }

    @Override
    Installation fewThreads(int most) throws IOException {
        return connector("maxThreads=\"" + most + "\"");
    }

    /** Gives its connector an attribute more. */
    Tomcat connector(String attribute) throws IOException {
        attributes.append(' ').append(attribute);
        write(base().resolve("conf/server.xml"), SERVER.formatted(attributes));
        return this;
    }

    @Override
    Installation shareJar() throws IOException {
        Files.copy(Jars.dropIn(), base().resolve("lib/weir-dropin.jar"));
        return this;
    }

    @Override
    Installation shareConfiguration(String yaml) throws IOException {
        write(base().resolve("conf/weir.yaml"), yaml);
        return this;
    }

    @Override
    List<String> command(Path jdk, List<String> jvm) {
        return List.of("bash", home.resolve("bin/catalina.sh").toString(), "run");
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
