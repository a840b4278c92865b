// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.LimitAssertions.assertAdmitsExactly;
import static dev.weir.testkit.LimitAssertions.assertAdmitted;
import static dev.weir.testkit.LimitAssertions.assertRefusedFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitAssertionsTest {

    private static final String YAML = """
            identity:
              user: [principal]
              tenant: [{attribute: tenantId}]
            rules:
              - {name: api, path: /api/**, per: user, rate: 20/min}
              - {name: login, path: /login, per: ip, rate: 1/min}
            """;

    private final ManualClock clock = new ManualClock();
    private final RateLimiter limiter = RateLimiter.builder(Configuration.parse("weir.yaml", YAML))
            .store(new NaiveStore(clock))
            .time(clock)
            .build();
    private final FakeRequest hello = FakeRequest.get("/api/hello").user("fred");

    @Test
    void aUsersOwnTest() {
        assertAdmitsExactly(20, limiter, hello);
        assertAdmitted(limiter, hello.user("wilma"));
        assertRefusedFor(Duration.ofSeconds(3), limiter, clock, hello);
    }

    @Test
    void assertAdmitsExactly_tellsFewerAndMore() {
        assertThatThrownBy(() -> assertAdmitsExactly(21, limiter, hello))
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        "GET /api/hello from fred at 192.0.2.1 ==> expected: <21 admitted> but was: <20, then REFUSED by [api]>");
        assertThatThrownBy(() -> assertAdmitsExactly(19, limiter, hello.user("wilma")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("but was: <19, then ADMITTED>");
    }

    @Test
    void assertAdmitted_tellsTheRule() {
        FakeRequest login = FakeRequest.post("/login").from("203.0.113.9");
        assertAdmitted(limiter, login);
        assertThatThrownBy(() -> assertAdmitted(limiter, login))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("REFUSED by [login]");
        assertAdmitted(limiter, login.from("203.0.113.10"));
    }

    @Test
    void assertRefusedFor_tellsEarlierAndLater() {
        assertThatThrownBy(() -> assertRefusedFor(Duration.ofSeconds(3), limiter, clock, hello))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("now ==> expected: <REFUSED> but was: <ADMITTED>");
        assertAdmitsExactly(19, limiter, hello);
        assertThatThrownBy(() -> assertRefusedFor(Duration.ofNanos(2_999_999_999L), limiter, clock, hello))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected: <ADMITTED> but was: <REFUSED by [api]>");
        assertThatThrownBy(() -> assertRefusedFor(Duration.ofSeconds(1), limiter, clock, hello))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("before PT1S have passed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> assertRefusedFor(Duration.ZERO, limiter, clock, hello))
                .withMessage("wait must be above zero but was PT0S");
    }

    @Test
    void fakeRequest_answersWhatItWasGiven() {
        FakeRequest request = FakeRequest.of("DELETE", "/x")
                .user("fred")
                .from("203.0.113.9")
                .header("Via", "a")
                .header("VIA", "b")
                .attribute("tenantId", "acme");
        assertThat(request.method()).isEqualTo("DELETE");
        assertThat(request.path()).isEqualTo("/x");
        assertThat(request.principal().getName()).isEqualTo("fred");
        assertThat(request.remoteAddress()).isEqualTo("203.0.113.9");
        assertThat(request.headers("via")).containsExactly("a", "b");
        assertThat(request.header("via")).isEqualTo("a");
        assertThat(request.attribute("tenantId")).isEqualTo("acme");
        assertThat(request.unwrap(Object.class)).isNull();
        assertThat(FakeRequest.get("/").principal()).isNull();
        assertThat(FakeRequest.get("/").header("Via")).isNull();
    }
}
