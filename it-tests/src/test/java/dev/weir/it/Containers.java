// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.nio.file.Path;

/** The containers on which every story is told. */
enum Containers {
    TOMCAT {
        @Override
        Container start(WebApp app, Path folder) throws Exception {
            return EmbeddedTomcat.start(app, folder);
        }
    },
    JETTY {
        @Override
        Container start(WebApp app, Path folder) throws Exception {
            return EmbeddedJetty.start(app, folder);
        }
    };

    /**
     * Starts an application.
     *
     * @param folder an empty folder for what the container writes
     * @throws Exception what the container or a filter's init has thrown
     */
    abstract Container start(WebApp app, Path folder) throws Exception;
}
