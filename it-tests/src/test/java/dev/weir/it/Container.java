// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.net.URI;

/** A running servlet container with one application at the root, on a free port of 127.0.0.1. Closing it stops it. */
interface Container extends AutoCloseable {

    int port();

    default URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    @Override
    void close();
}
