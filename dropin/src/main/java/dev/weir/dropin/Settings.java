// SPDX-License-Identifier: Apache-2.0
package dev.weir.dropin;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What the application and the JVM say about Weir, beside the configuration itself. Not thread-safe. */
final class Settings {

    private static final String CONFIG = "weir.config";
    private static final String ENABLED = "weir.enabled";
    private static final String EDGE = "weir.edge";
    private static final String CONTEXT_PARAM = "context-param ";
    private static final String PROPERTY = "system property ";
    private static final String IN_APPLICATION = "/WEB-INF/weir.yaml";

    private final ServletContext context;
    private final Properties properties;

    /**
     * Keeps both.
     *
     * @param properties those of the JVM
     */
    Settings(ServletContext context, Properties properties) {
        this.context = context;
        this.properties = properties;
    }

    /** {@return what says that this application, or every one, goes without Weir} */
    Optional<String> offSwitch() throws ServletException {
        if (!isTrue(CONTEXT_PARAM + ENABLED, context.getInitParameter(ENABLED), true)) {
            return Optional.of(CONTEXT_PARAM + ENABLED);
        }
        if (!isTrue(PROPERTY + ENABLED, properties.getProperty(ENABLED), true)) {
            return Optional.of(PROPERTY + ENABLED);
        }
        return Optional.empty();
    }

    /** {@return whether a filter stands before those of the application too; what the application says goes first} */
    boolean hasEdge() throws ServletException {
        boolean everywhere = isTrue(PROPERTY + EDGE, properties.getProperty(EDGE), false);
        return isTrue(CONTEXT_PARAM + EDGE, context.getInitParameter(EDGE), everywhere);
    }

    private static boolean isTrue(String name, @Nullable String value, boolean otherwise) throws ServletException {
        if (value == null) {
            return otherwise;
        }
        String text = value.trim();
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new ServletException(
                    "Weir cannot start: the " + name + " must be true or false but was \"" + text + "\"");
        }
        return text.equalsIgnoreCase("true");
    }

    /** {@return the first configuration that there is, as the filter's init-param names it} */
    Optional<String> configuration() {
        String named = context.getInitParameter(CONFIG);
        if (named != null && !named.isBlank()) {
            return Optional.of(named.trim());
        }
        if (isInApplication()) {
            return Optional.of(IN_APPLICATION);
        }
        String everywhere = properties.getProperty(CONFIG);
        if (everywhere != null && !everywhere.isBlank()) {
            return Optional.of(everywhere.trim());
        }
        return filesOfTheContainer().stream()
                .filter(Files::exists)
                .map(Path::toString)
                .findFirst();
    }

    private boolean isInApplication() {
        try {
            return context.getResource(IN_APPLICATION) != null;
        } catch (MalformedURLException e) {
            throw new IllegalStateException(IN_APPLICATION + " is a well-formed path", e);
        }
    }

    private List<Path> filesOfTheContainer() {
        List<Path> files = new ArrayList<>();
        String tomcat = properties.getProperty("catalina.base");
        if (tomcat != null) {
            files.add(Path.of(tomcat, "conf", "weir.yaml"));
        }
        String jetty = properties.getProperty("jetty.base");
        if (jetty != null) {
            files.add(Path.of(jetty, "etc", "weir.yaml"));
        }
        return files;
    }

    /** {@return the places, in words} */
    String lookedFor() {
        StringBuilder places = new StringBuilder(
                "the context-param " + CONFIG + ", " + IN_APPLICATION + ", the system property " + CONFIG);
        filesOfTheContainer().forEach(file -> places.append(", ").append(file));
        return places.toString();
    }
}
