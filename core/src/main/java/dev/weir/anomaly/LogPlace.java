// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;

/** Where one log file and its older ones are kept. */
interface LogPlace {

    /** {@return the file, for messages} */
    Path file();

    /**
     * Opens the file to append to, and makes it if it is not there.
     *
     * @return a channel whose position is the end
     */
    SeekableByteChannel open() throws IOException;

    /** {@return whether the name still leads to the file that was opened last} */
    boolean isStillThere() throws IOException;

    /** Gives each file the next number, over the oldest one, so that the next open makes a new one. */
    void rotate() throws IOException;
}
