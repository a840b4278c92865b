// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import java.nio.file.Path;

/** Where the files are that the build has made and fetched. */
final class Jars {

    private Jars() {}

    static Path dropIn() {
        return Path.of(System.getProperty("weir.jar"));
    }

    /** Where distributions of containers have been unpacked. */
    static Path distribution(String folder) {
        return Path.of(System.getProperty("weir.distributions"), folder);
    }
}
