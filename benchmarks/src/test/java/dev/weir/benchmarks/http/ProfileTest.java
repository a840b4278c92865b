// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProfileTest {

    @Test
    void place_isTheInnermostFramesOfTheLimiter() {
        assertThat(Profile.place(List.of(
                        "java.lang.Long.toString",
                        "dev.weir.AnswerHeaders.write",
                        "dev.weir.RateLimiter.headers",
                        "dev.weir.servlet.RateLimitFilter.pass",
                        "dev.weir.servlet.RateLimitFilter.doFilter",
                        "org.apache.catalina.core.ApplicationFilterChain.doFilter")))
                .isEqualTo("AnswerHeaders.write < RateLimiter.headers < RateLimitFilter.pass");
    }

    @Test
    void whatStandsBehindTheLimiter_isNotItsOwn() {
        assertThat(Profile.place(List.of(
                        "org.apache.catalina.connector.Response.getOutputStream",
                        "dev.weir.benchmarks.http.HelloServlet.doGet",
                        "org.apache.catalina.core.ApplicationFilterChain.doFilter",
                        "dev.weir.servlet.RateLimitFilter.pass")))
                .isEmpty();
        assertThat(Profile.place(List.of("org.eclipse.jetty.io.Flusher.flush", "java.lang.Thread.run")))
                .isEmpty();
    }

    @Test
    void peers_areLimitersToo() {
        assertThat(Profile.place(List.of(
                        "io.github.bucket4j.local.LockFreeBucket.tryConsume",
                        "dev.weir.benchmarks.http.NaiveFilter.doFilter")))
                .isEqualTo("LockFreeBucket.tryConsume < NaiveFilter.doFilter");
        assertThat(Profile.place(List.of("org.apache.catalina.util.ParameterMap.<init>")))
                .isEmpty();
    }

    @Test
    @Tag("heavy")
    @Timeout(120)
    void recordedServer_saysWhatItAllocates() throws Exception {
        assertThat(HttpProfile.record(ServerKind.JETTY, Variant.NAIVE, 0, 1_600))
                .containsPattern("inside the limiter: [0-9.]+ % of [1-9][0-9]* samples");
    }
}
