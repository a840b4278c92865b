// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.PortRange;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a profile is written where instances share it: {@code tier=pro&rate.requests=100:60000000000:100:even}. Periods are
 * nanoseconds; all else is percent-encoded.
 */
final class ProfileText {

    private static final String ROLLING = "rolling";
    private static final String EVEN = "even";
    private static final String RATE = "rate.";
    private static final String CONCURRENT = "concurrent.";
    private static final String GRANT = "grant.";

    private ProfileText() {}

    static String write(Profile profile) {
        List<String> parts = new ArrayList<>();
        parts.add("tier=" + encode(profile.tier()));
        new TreeMap<>(profile.rates()).forEach((name, quotas) -> parts.add(RATE + encode(name) + "=" + write(quotas)));
        new TreeMap<>(profile.concurrent()).forEach((name, max) -> parts.add(CONCURRENT + encode(name) + "=" + max));
        new TreeMap<>(profile.grants()).forEach((name, max) -> parts.add(GRANT + encode(name) + "=" + max));
        profile.ports().forEach(range -> parts.add("port=" + range.first() + "-" + range.last()));
        profile.blocked().ifPresent(reason -> parts.add("blocked=" + encode(reason)));
        return String.join("&", parts);
    }

    private static String write(List<Quota> quotas) {
        List<String> texts = new ArrayList<>();
        for (Quota quota : quotas) {
            texts.add(quota.amount() + ":" + quota.period().toNanos() + ":" + quota.capacity() + ":"
                    + (quota.rolling() ? ROLLING : EVEN));
        }
        return String.join(",", texts);
    }

    /**
     * Reads what {@link #write} has written, or a later version of it.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static Profile read(String text) {
        Map<String, String> single = new TreeMap<>();
        List<PortRange> ports = new ArrayList<>();
        for (String part : text.split("&", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("a profile that another instance has set cannot be read");
            }
            String key = decode(part.substring(0, equals));
            String value = part.substring(equals + 1);
            if (key.equals("port")) {
                ports.add(PortRange.of(value));
            } else {
                single.put(key, value);
            }
        }
        if (!single.containsKey("tier")) {
            throw new IllegalArgumentException("a profile that another instance has set names no tier");
        }
        Profile profile = Profile.ofTier(decode(single.get("tier"))).withPorts(ports);
        for (Map.Entry<String, String> one : single.entrySet()) {
            profile = with(profile, one.getKey(), one.getValue());
        }
        return profile;
    }

    private static Profile with(Profile profile, String key, String value) {
        if (key.startsWith(RATE)) {
            return profile.withRate(key.substring(RATE.length()), quotas(value));
        } else if (key.startsWith(CONCURRENT)) {
            return profile.withConcurrent(key.substring(CONCURRENT.length()), Long.parseLong(value));
        } else if (key.startsWith(GRANT)) {
            return profile.withGrant(key.substring(GRANT.length()), Long.parseLong(value));
        }
        return key.equals("blocked") ? profile.withBlock(decode(value)) : profile;
    }

    private static List<Quota> quotas(String text) {
        List<Quota> quotas = new ArrayList<>();
        for (String one : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            String[] numbers = one.split(":", -1);
            if (numbers.length != 4) {
                throw new IllegalArgumentException("a quota that another instance has set cannot be read");
            }
            quotas.add(new Quota(
                    Long.parseLong(numbers[0]),
                    Duration.ofNanos(Long.parseLong(numbers[1])),
                    Long.parseLong(numbers[2]),
                    numbers[3].equals(ROLLING)));
        }
        return quotas;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
