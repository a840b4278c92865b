// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import dev.weir.containers.app.HelloServlet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An application to deploy: a folder with a web.xml, the classes of package {@code app}, and what a test adds. */
final class WebApp {

    private final String name;
    private final StringBuilder descriptor = new StringBuilder();
    private final Map<String, String> files = new LinkedHashMap<>();
    private final List<Path> jars = new ArrayList<>();
    private boolean complete;

    private WebApp(String name) {
        this.name = name;
    }

    /** An application at {@code /name}, or at the root if that is ROOT, that says hello at /hello. */
    static WebApp named(String name) {
        return new WebApp(name).servlet(HelloServlet.class, "/hello");
    }

    String path() {
        return name.equals("ROOT") ? "" : "/" + name;
    }

    String name() {
        return name;
    }

    /** With the drop-in JAR in WEB-INF/lib. */
    WebApp withJar() {
        return withJar(Jars.dropIn());
    }

    WebApp withJar(Path jar) {
        jars.add(jar);
        return this;
    }

    /** With this as /WEB-INF/weir.yaml. */
    WebApp withConfiguration(String yaml) {
        return withFile("WEB-INF/weir.yaml", yaml);
    }

    WebApp withFile(String path, String text) {
        files.put(path, text);
        return this;
    }

    WebApp withContextParam(String param, String value) {
        return describe("<context-param><param-name>" + param + "</param-name><param-value>" + value
                + "</param-value></context-param>");
    }

    WebApp metadataComplete() {
        complete = true;
        return this;
    }

    WebApp servlet(Class<?> type, String pattern) {
        String servlet = type.getSimpleName();
        return describe("<servlet><servlet-name>" + servlet + "</servlet-name><servlet-class>" + type.getName()
                + "</servlet-class><async-supported>true</async-supported></servlet><servlet-mapping><servlet-name>"
                + servlet + "</servlet-name><url-pattern>" + pattern + "</url-pattern></servlet-mapping>");
    }

    /** Adds to web.xml. */
    WebApp describe(String xml) {
        descriptor.append(xml).append('\n');
        return this;
    }

    /** Writes the application into a folder of the container's. */
    Path write(Path webapps) {
        Path root = webapps.resolve(name);
        try {
            Path lib = Files.createDirectories(root.resolve("WEB-INF/lib"));
            for (Path jar : jars) {
                Files.copy(jar, lib.resolve(jar.getFileName().toString()));
            }
            Path classes = root.resolve("WEB-INF/classes/dev/weir/containers/app");
            copy(classesOfApp(), Files.createDirectories(classes));
            for (Map.Entry<String, String> file : files.entrySet()) {
                Path place = root.resolve(file.getKey());
                Files.createDirectories(place.getParent());
                Files.writeString(place, file.getValue());
            }
            Files.writeString(root.resolve("WEB-INF/web.xml"), webXml());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return root;
    }

    private static Path classesOfApp() {
        try {
            Path all = Path.of(HelloServlet.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return all.resolve("dev/weir/containers/app");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.list(from)) {
            for (Path file : all.toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
    }

    private String webXml() {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="%s">
                %s</web-app>
                """.formatted(complete, descriptor);
    }
}
