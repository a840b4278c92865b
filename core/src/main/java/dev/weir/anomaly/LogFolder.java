// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens one log file and renames it to {@code .1}, {@code .2} and so on. A new file can be read by its owner only, where the
 * file system knows owners; a symbolic link is never followed; what is no regular file is never opened. Not thread-safe.
 */
final class LogFolder implements LogPlace {

    private static final String BEGIN = "{\"timestamp\": \"";

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final int keep;
    private @Nullable Object opened; // the file system's key of the file that is open

    /**
     * Looks after a file.
     *
     * @param keep how many older files are kept, at least 1
     */
    LogFolder(Path file, int keep) {
        this.file = file;
        this.keep = keep;
    }

    @Override
    public Path file() {
        return file;
    }

    /**
     * Opens the file once, to find at start what somebody has to set right.
     *
     * @throws IllegalArgumentException if the file can never be opened; a disk that is full may be so no longer
     */
    void check() {
        try {
            open().close();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "the anomaly file " + file + " needs a folder that exists; make " + file.getParent(), e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(
                    "the anomaly file " + file + " must be writable by this process; write another path, or none", e);
        } catch (NotAFileException e) {
            throw new IllegalArgumentException("the anomaly file " + file + " " + e.getReason(), e);
        } catch (IOException e) {
            // It is tried again with the first event.
        }
    }

    @Override
    public SeekableByteChannel open() throws IOException {
        refuseOthers();
        mendEnd();
        Set<OpenOption> options = Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS);
        boolean knowsOwners = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        SeekableByteChannel channel =
                knowsOwners ? Files.newByteChannel(file, options, OWNER_ONLY) : Files.newByteChannel(file, options);
        opened = key();
        return channel;
    }

    /** A pipe would wait for its reader; the open itself follows no link that comes after this. */
    private void refuseOthers() throws IOException {
        BasicFileAttributes found = attributes();
        if (found != null && found.isSymbolicLink()) {
            throw new NotAFileException(file, "is a symbolic link, which is not followed; write where it leads");
        }
        if (found != null && !found.isRegularFile()) {
            throw new NotAFileException(file, "must be a regular file, or not be there yet");
        }
    }

    private @Nullable BasicFileAttributes attributes() throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private @Nullable Object key() throws IOException {
        BasicFileAttributes found = attributes();
        return found == null ? null : found.fileKey();
    }

    @Override
    public boolean isStillThere() throws IOException {
        BasicFileAttributes found = attributes();
        return found != null && (opened == null || opened.equals(found.fileKey()));
    }

    /** A process that was killed may have left half a line; anything else that has no line feed gets one. */
    private void mendEnd() throws IOException {
        if (attributes() == null) {
            return;
        }
        String end = end();
        String half = end.substring(end.lastIndexOf('\n') + 1);
        if (half.isEmpty()) {
            return;
        }
        try (SeekableByteChannel channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
            if (half.startsWith(BEGIN) || BEGIN.startsWith(half)) {
                channel.truncate(channel.size() - half.length());
            } else {
                channel.position(channel.size());
                channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
            }
        }
    }

    /** The last bytes of the file, as many as a line can have, a character for each. */
    private String end() throws IOException {
        try (SeekableByteChannel channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            long from = Math.max(0, channel.size() - AnomalyLine.MAX_BYTES);
            ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - from));
            channel.position(from);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // The rest follows.
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
        }
    }

    /** A link that stands there is replaced, not followed. */
    @Override
    public void rotate() throws IOException {
        for (int number = keep - 1; number >= 0; number--) {
            Path from = number == 0 ? file : older(number);
            if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(from, older(number + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path older(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    /** It is there, and nothing that lines can be appended to. */
    private static final class NotAFileException extends FileSystemException {
        private static final long serialVersionUID = 1;

        NotAFileException(Path file, String reason) {
            super(file.toString(), null, reason);
        }
    }
}
