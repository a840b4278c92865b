// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Finds secrets where they belong, in the environment or in a file of their own, and other files beside the configuration. */
final class Secrets {

    private static final String FILE = "file:";

    private final UnaryOperator<@Nullable String> environment;
    private final @Nullable Path folder;

    Secrets(UnaryOperator<@Nullable String> environment, @Nullable Path folder) {
        this.environment = environment;
        this.folder = folder;
    }

    /** Refuses text that is not a reference, without repeating it. */
    static void checkReference(String reference) {
        if (!reference.matches("\\$\\{[A-Za-z_][A-Za-z0-9_]*}") && !reference.matches("file:.+")) {
            throw new IllegalArgumentException(
                    "a secret does not belong into this file; write ${NAME_OF_A_VARIABLE} or file:/path/to/it");
        }
    }

    String resolve(String reference) {
        checkReference(reference);
        if (reference.startsWith(FILE)) {
            return fromFile(reference.substring(FILE.length()));
        }
        String name = reference.substring(2, reference.length() - 1);
        String value = environment.apply(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("the environment variable " + name + " is not set");
        }
        return value;
    }

    /** A path of the file, relative to its folder if it has one. */
    Path path(String text) {
        return folder == null ? Path.of(text) : folder.resolve(text);
    }

    private String fromFile(String path) {
        Path file = path(path);
        try {
            String value = Files.readString(file).strip();
            if (value.isEmpty()) {
                throw new IllegalArgumentException("the file " + file + " is empty");
            }
            return value;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no file " + file, e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the file " + file + " cannot be read: " + e, e);
        }
    }
}
