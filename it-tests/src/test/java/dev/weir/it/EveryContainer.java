// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.nio.file.Path;

/** The containers of {@link Containers}, and Undertow, which authenticates nobody and reads no files here. */
enum EveryContainer {
    TOMCAT,
    JETTY,
    UNDERTOW;

    /**
     * Starts an application.
     *
     * @param folder an empty folder for what the container writes
     * @throws Exception what the container or a filter's init has thrown
     */
    Container start(WebApp app, Path folder) throws Exception {
        return switch (this) {
            case TOMCAT -> EmbeddedTomcat.start(app, folder);
            case JETTY -> EmbeddedJetty.start(app, folder);
            case UNDERTOW -> EmbeddedUndertow.start(app, folder);
        };
    }
}
