// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The configurations of Weir that are measured. */
final class WeirConfigurations {

    private static final String BY_ADDRESS = """
            rules:
              - {name: address, path: /**, per: ip, rate: QUOTA}
            """;

    private static final String BY_ALL = """
            identity:
              tenant:
                - {header: X-Tenant, trusted-peers: [127.0.0.0/8]}
              user:
                - {header: X-User, trusted-peers: [127.0.0.0/8]}
            rules:
              - {name: tenant, path: /**, per: tenant, rate: QUOTA}
              - {name: user, path: /**, per: user, rate: QUOTA}
              - {name: address, path: /**, per: ip, rate: QUOTA}
            """;

    private static final String THREE_HEADERS = """
            responses:
              headers: [x-ratelimit]
            """;

    private WeirConfigurations() {}

    static RateLimiter limiter(Variant variant, Limit limit) throws IOException {
        String yaml = switch (variant) {
            case WEIR_1 -> BY_ADDRESS + THREE_HEADERS;
            case WEIR_1_ALL_HEADERS -> BY_ADDRESS;
            case WEIR_3 -> BY_ALL + THREE_HEADERS;
            default -> throw new IllegalArgumentException(variant + " is not Weir");
        };
        byte[] bytes = yaml.replace("QUOTA", limit.quota()).getBytes(StandardCharsets.UTF_8);
        return RateLimiter.builder(Configuration.read("bench.yaml", new ByteArrayInputStream(bytes)))
                .build();
    }
}
