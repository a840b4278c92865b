// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The constants of an enum as words of the file: {@code COMPARE_AND_SWAP} is {@code compare-and-swap} there. */
final class Choices {

    private Choices() {}

    static <E extends Enum<E>> @Nullable E find(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equals(text)) {
                return constant;
            }
        }
        return null;
    }

    static <E extends Enum<E>> List<String> words(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Choices::word).toList();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
