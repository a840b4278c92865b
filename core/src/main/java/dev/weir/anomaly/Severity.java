// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

/**
 * How much an anomaly matters, the least first.
 *
 * @since 0.1
 */
public enum Severity {
    /** Nothing is wrong with the caller: the server had to protect itself. */
    LOW("low"),
    /** A caller went past what he has. */
    MEDIUM("medium"),
    /** A caller tried what he must not. */
    HIGH("high");

    private final String word;

    Severity(String word) {
        this.word = word;
    }

    /** {@return the word in files: {@code low}, {@code medium} or {@code high}} */
    public String word() {
        return word;
    }
}
