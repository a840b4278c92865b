// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What must hold of the headers, whatever a store says and however the rules are called: they are well-formed. */
final class HeaderProperties {

    private static final String STRING = "\"(?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*+\"";
    private static final String PARAMETERS = "(?:;[a-z*][a-z0-9_.*-]*=(?:-?[0-9]{1,15}|" + STRING + "))*+";
    private static final String ITEM = STRING + PARAMETERS;

    /** Lists of strings with parameters that are integers or strings, after RFC 9651. */
    private static final Pattern LIST = Pattern.compile(ITEM + "(?:, " + ITEM + ")*+");

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");

    private HeaderProperties() {}

    /** Charges two rules of this name; the store answers with these numbers, none of them negative. */
    static boolean check(String name, long available, long wait, long reset) {
        FakeStore store = new FakeStore();
        RateLimiter limiter;
        try {
            String quoted = name.replace("\\", "\\\\").replace("\"", "\\\"");
            limiter = RateLimiter.builder(Configuration.parse(
                            "weir.yaml", "rules: [{name: \"" + quoted + "\", rate: [9/s, 8/min], concurrent: 1}]"))
                    .store(store)
                    .build();
        } catch (IllegalArgumentException e) {
            return false;
        }
        store.answer("BUCKET " + name, item -> {
            item.report(0, available, wait, reset);
            item.report(1, reset, available, wait);
            item.verdict(wait > 0 ? dev.weir.store.Verdict.REFUSED : dev.weir.store.Verdict.PASSED);
        });
        store.answer(
                "LEASE " + name,
                item -> item.verdict(reset % 2 == 0 ? dev.weir.store.Verdict.PASSED : dev.weir.store.Verdict.REFUSED));
        Map<String, String> headers = new HashMap<>();
        limiter.headers(limiter.decide(FakeRequest.get("/")), headers::put);
        for (String list : List.of("RateLimit", "RateLimit-Policy")) {
            require(LIST.matcher(headers.get(list)).matches(), list, headers);
        }
        for (String number : List.of("Limit", "Remaining", "Reset")) {
            require(NUMBER.matcher(headers.get("X-RateLimit-" + number)).matches(), number, headers);
        }
        require(NUMBER.matcher(headers.getOrDefault("Retry-After", "1")).matches(), "Retry-After", headers);
        return true;
    }

    private static void require(boolean holds, String header, Map<String, String> headers) {
        if (!holds) {
            throw new AssertionError(header + " is not well-formed in " + headers);
        }
    }
}
