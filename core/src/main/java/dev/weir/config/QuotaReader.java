// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.config.Node.ListNode;
import dev.weir.config.Node.TextNode;
import dev.weir.plan.Quota;
import dev.weir.store.BucketLimit;
import dev.weir.store.Rate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads quotas: one, a list of them, or the word unlimited. */
final class QuotaReader {

    private static final int MAX_QUOTAS = 8;
    static final String UNLIMITED = "unlimited";

    private QuotaReader() {}

    /** Exactly one quota. */
    static Quota one(Section section, String key, Quota otherwise) {
        String text = section.text(key);
        Quota quota = text == null ? null : section.attempt(key, () -> parse(text));
        return quota == null ? otherwise : quota;
    }

    /** One quota, a list, or unlimited, which is an empty list; null if what stands there is none of these. */
    static @Nullable List<Quota> list(Section section, String key) {
        Node node = section.node(key);
        if (node instanceof TextNode text && !text.isNull()) {
            return text.text().equals(UNLIMITED) ? List.of() : section.attempt(key, () -> List.of(parse(text.text())));
        }
        if (!(node instanceof ListNode list)
                || list.elements().isEmpty()
                || list.elements().size() > MAX_QUOTAS) {
            section.fault(
                    key, "must be a quota such as 20/min, a list of 1 to " + MAX_QUOTAS + " of them, or unlimited");
            return null;
        }
        List<Quota> quotas = new ArrayList<>();
        for (String text : section.texts(key)) {
            if (text.equals(UNLIMITED)) {
                section.fault(key, "unlimited cannot stand in a list; write it alone");
                continue;
            }
            Quota quota = section.attempt(key, () -> parse(text));
            if (quota != null) {
                quotas.add(quota);
            }
        }
        return quotas.isEmpty() ? null : quotas;
    }

    private static Quota parse(String text) {
        Quota quota = Quota.parse(text);
        if (!quota.rolling()) {
            try {
                var unused = new BucketLimit(
                        List.of(new Rate(quota.amount(), quota.period().toNanos(), quota.capacity())), 0);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("\"" + text + "\": " + e.getMessage(), e);
            }
        }
        return quota;
    }
}
