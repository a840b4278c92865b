// SPDX-License-Identifier: Apache-2.0
package dev.weir.servlet;

import dev.weir.config.Configuration;
import dev.weir.store.StoreSettings;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds the configuration that an init-param names. */
final class ConfigurationLocation {

    static final String PARAMETER = "config";
    static final String NAMESPACE = "namespace";
    private static final String CLASS_PATH = "classpath:";
    private static final String IN_APPLICATION = "/WEB-INF/";

    private ConfigurationLocation() {}

    static Configuration read(FilterConfig config) throws ServletException {
        String location = config.getInitParameter(PARAMETER);
        if (location == null || location.isBlank()) {
            throw new ServletException("Weir cannot start: the filter " + config.getFilterName()
                    + " needs the init-param config, such as /WEB-INF/weir.yaml");
        }
        String given = config.getInitParameter(NAMESPACE);
        String namespace = given == null ? StoreSettings.DEFAULT_NAMESPACE : given;
        if (location.startsWith(IN_APPLICATION)) {
            return read(location, config.getServletContext().getResourceAsStream(location), namespace);
        }
        if (location.startsWith(CLASS_PATH)) {
            String name = location.substring(CLASS_PATH.length());
            return read(location, resource(config, name.startsWith("/") ? name.substring(1) : name), namespace);
        }
        return Configuration.read(Path.of(location), namespace);
    }

    /** An embedded container may have no class loader of the application's own. */
    private static @Nullable InputStream resource(FilterConfig config, String name) {
        ClassLoader loader = config.getServletContext().getClassLoader();
        if (loader == null) {
            loader = Thread.currentThread().getContextClassLoader();
        }
        return loader == null ? ClassLoader.getSystemResourceAsStream(name) : loader.getResourceAsStream(name);
    }

    private static Configuration read(String location, @Nullable InputStream stream, String namespace)
            throws ServletException {
        if (stream == null) {
            throw new ServletException("Weir cannot start: there is no " + location);
        }
        try (InputStream in = stream) {
            return Configuration.read(location, in, namespace);
        } catch (IOException e) {
            throw new ServletException("Weir cannot start: " + location + " cannot be read", e);
        }
    }
}
