// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import java.io.IOException;
import java.nio.file.Path;

/** The containers as users download them. */
enum Distribution {
    TOMCAT_10_1("apache-tomcat-10.1.59", ""),
    TOMCAT_11("apache-tomcat-11.0.24", ""),
    JETTY_12_0_EE10("jetty-home-12.0.31", "ee10"),
    JETTY_12_1_EE10("jetty-home-12.1.12", "ee10"),
    JETTY_12_1_EE11("jetty-home-12.1.12", "ee11");

    private final String folder;
    private final String environment;

    Distribution(String folder, String environment) {
        this.folder = folder;
        this.environment = environment;
    }

    boolean isTomcat() {
        return environment.isEmpty();
    }

    Path home() {
        return Jars.distribution(folder);
    }

    /**
     * Makes a base folder of the container's, without applications.
     *
     * @param base an empty folder
     */
    Installation install(Path base) throws IOException {
        return isTomcat() ? Tomcat.install(home(), base) : Jetty.install(home(), base, environment);
    }
}
