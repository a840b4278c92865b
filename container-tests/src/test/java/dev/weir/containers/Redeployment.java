// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/** Tells a container that a file has changed. */
final class Redeployment {

    private static final long LONG_AGO_MILLIS = 1_600_000_000_000L;

    private Redeployment() {}

    /**
     * Gives a file a time that it has not had, and that no container takes for one at which it may be written still.
     *
     * @param time how often it was done before, and one
     */
    static void touch(Path file, int time) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(LONG_AGO_MILLIS + time * 10_000L));
    }
}
