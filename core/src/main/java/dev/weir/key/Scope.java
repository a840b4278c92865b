// SPDX-License-Identifier: Apache-2.0
package dev.weir.key;

/**
 * The kind of caller that a {@link Key} names. Immutable.
 *
 * @since 0.1
 */
public enum Scope {
    /** A customer, who may have many users. */
    TENANT("tenant"),
    /** One user. */
    USER("user"),
    /** A network address, or the prefix that stands for it. */
    IP("ip"),
    /** All callers together. */
    EVERYONE("everyone");

    private final String word;

    Scope(String word) {
        this.word = word;
    }

    /** {@return the word that stands for this scope in configuration, logs and keys} */
    public String word() {
        return word;
    }
}
