// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimitEvent;
import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A mebibyte where a name belongs: a caller like any other, under a name of 50 characters. */
class LongNameTest {

    private static final int MIB = 1 << 20;
    private static final String RULES = Limiters.ANYBODY + """
              ip: {trusted-proxies: [127.0.0.0/8]}
            rules:
              - {name: tenant, path: /**, per: tenant, rate: 5/hour}
              - {name: user, path: /**, per: user, within: tenant, rate: 4/hour}
              - {name: ip, path: /**, per: ip, rate: 3/hour}
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Containers.class)
    void longNames_areCountedUnderShortKeys(Containers kind) throws Exception {
        Queue<RateLimitEvent> told = new ConcurrentLinkedQueue<>();
        WebApp app = new WebApp().maxHeaderBytes(4 * MIB);
        try (LogCapture log = LogCapture.ofAll();
                RateLimiter limiter =
                        Limiters.builder(RULES).listener(told::add).build();
                Container container = kind.start(
                        app.filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                                .servlet("/", (request, response) -> response.setStatus(204)),
                        folder)) {
            for (int i = 0; i < 4; i++) {
                Answer answer = Http.raw(
                        container,
                        "/",
                        "X-Tenant: " + "t".repeat(MIB),
                        "X-User: " + "u".repeat(MIB),
                        "X-Forwarded-For: " + "9".repeat(MIB / 2) + ", 203.0.113.9");
                assertThat(answer.status()).isEqualTo(i < 3 ? 204 : 429);
            }
            assertThat(told).hasSize(4).allSatisfy(event -> {
                Identity who = event.identity();
                assertThat(who.tenant().orElseThrow()).hasSize(50).startsWith("sha256:");
                assertThat(who.user().orElseThrow()).hasSize(50).startsWith("sha256:");
                assertThat(who.address()).hasToString("Optional[203.0.113.9]");
            });
            Identity another = Identity.of("t".repeat(MIB - 1) + "T", "u".repeat(MIB), "203.0.113.10");
            assertThat(limiter.peek(another, "GET", "/")
                            .tightest()
                            .orElseThrow()
                            .remaining())
                    .isEqualTo(3);
            assertThat(log.texts(name -> name.startsWith("dev.weir"))).isEmpty();
        }
    }
}
