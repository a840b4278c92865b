// SPDX-License-Identifier: Apache-2.0
package dev.weir.spring;

import dev.weir.config.Configuration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

/** Finds the configuration: in the file that {@code weir.config} names, or under {@code weir} in the environment. */
final class ConfigurationSource {

    private static final String CONFIG = "weir.config";
    private static final String NAME = "the application's configuration, under weir";

    private final ConfigurableEnvironment environment;
    private final ResourceLoader resources;

    ConfigurationSource(ConfigurableEnvironment environment, ResourceLoader resources) {
        this.environment = environment;
        this.resources = resources;
    }

    boolean isThere() {
        return environment.containsProperty(CONFIG)
                || !new PropertyTree(environment).read().isEmpty();
    }

    Configuration read() throws IOException {
        PropertyTree properties = new PropertyTree(environment);
        Map<String, Object> tree = properties.read();
        String location = environment.getProperty(CONFIG);
        if (location == null) {
            return Configuration.of(NAME, tree, properties::secret);
        }
        if (!tree.isEmpty()) {
            throw new IllegalArgumentException(NAME + ": there is weir.config, which names a file, and beside it "
                    + String.join(", ", tree.keySet()) + "; keep one of the two");
        }
        return read(location.strip());
    }

    /** A plain path is one of the file system; all else is for Spring to find. */
    private Configuration read(String location) throws IOException {
        if (location.indexOf(':') < 2) {
            return Configuration.read(Path.of(location));
        }
        Resource resource = resources.getResource(location);
        if (resource.isFile()) {
            return Configuration.read(resource.getFile().toPath());
        }
        if (!resource.exists()) {
            throw new IllegalArgumentException("weir.config: there is no " + location);
        }
        try (InputStream in = resource.getInputStream()) {
            return Configuration.read(location, in);
        }
    }
}
