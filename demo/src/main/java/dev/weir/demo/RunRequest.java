// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import dev.weir.SecurityPolicy;
import dev.weir.admission.UserProfile;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * What {@code POST /runner/run} is sent, checked. Immutable.
 *
 * @param project the name of the project, which is that of its service
 * @param port the port that it wants
 * @param user for whom it is to run
 * @param profile what that user is to have from now on, or null to leave it as it is
 */
record RunRequest(String project, int port, String user, Map<?, ?> profile) {

    private static final int MAX_PORT = 65_535;
    private static final long MAX_NUMBER = 1_000_000;
    private static final int MAX_NAME = 256;
    private static final Set<String> KEYS = Set.of("project_id", "readme_content", "port", "user_id", "user_profile");
    private static final Map<String, BiFunction<UserProfile, Long, UserProfile>> NUMBERS = Map.of(
            "max_concurrent_services", UserProfile::withConcurrentServices,
            "max_memory_mb", UserProfile::withMemoryMb,
            "max_cpu_percent", UserProfile::withCpuPercent,
            "max_requests_per_minute", UserProfile::withRequestsPerMinute,
            "max_services_per_hour", UserProfile::withServicesPerHour);

    /** The form of a project's name. */
    static final String PROJECT = "[A-Za-z0-9._-]{1,100}";

    /**
     * Reads a request.
     *
     * @throws IllegalArgumentException if something is missing, unknown or out of range
     */
    static RunRequest read(String body) {
        Map<String, Object> json = JsonReader.object(body);
        for (String key : json.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        "unknown key " + key + "; there are " + String.join(", ", sorted(KEYS)));
            }
        }
        String project = text(json, "project_id");
        if (!project.matches(PROJECT)) {
            throw new IllegalArgumentException(
                    "project_id must be 1 to 100 letters, digits, dots, dashes and underscores");
        }
        text(json, "readme_content");
        String user = text(json, "user_id");
        if (user.isBlank() || user.length() > MAX_NAME) {
            throw new IllegalArgumentException("user_id must have 1 to " + MAX_NAME + " characters");
        }
        Object profile = json.get("user_profile");
        if (profile != null && !(profile instanceof Map)) {
            throw new IllegalArgumentException("user_profile must be an object");
        }
        return new RunRequest(project, (int) number(json, "port", MAX_PORT), user, (Map<?, ?>) profile);
    }

    private static String text(Map<?, ?> json, String key) {
        if (json.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(key + " must be a text");
    }

    private static long number(Map<?, ?> json, String key, long most) {
        if (json.get(key) instanceof Long number && number >= 1 && number <= most) {
            return number;
        }
        throw new IllegalArgumentException(key + " must be a whole number from 1 to " + most);
    }

    private static Iterable<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    /**
     * Makes the profile that was sent.
     *
     * @param sent what was sent
     * @param policy knows the tiers, and what the user has where none is named
     * @throws IllegalArgumentException if a tier does not exist, a key is unknown or a number is out of range
     */
    UserProfile profile(Map<?, ?> sent, SecurityPolicy policy, String userText) {
        UserProfile profile =
                sent.containsKey("tier") ? policy.profileOfTier(text(sent, "tier")) : policy.profile(userText);
        for (Object name : sent.keySet()) {
            BiFunction<UserProfile, Long, UserProfile> setter = NUMBERS.get(name.toString());
            if (setter != null) {
                long most = name.equals("max_services_per_hour") ? 10_000 : MAX_NUMBER;
                profile = setter.apply(profile, number(sent, name.toString(), most));
            } else if (!name.equals("tier")) {
                throw new IllegalArgumentException("unknown key user_profile." + name + "; there are tier, "
                        + String.join(", ", sorted(NUMBERS.keySet())));
            }
        }
        return profile;
    }
}
