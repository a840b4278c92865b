// SPDX-License-Identifier: Apache-2.0
package dev.weir.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.weir.RateLimitListener;
import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import dev.weir.identity.RateLimitKeyResolver;
import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.redisrig.RedisServer;
import dev.weir.servlet.RateLimitFilter;
import io.lettuce.core.RedisClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the auto-configuration takes from the application, and what it does when there is nothing or something wrong. */
class BeansTest {

    private static final String[] PER_USER = {
        "weir.rules[0].name: api", "weir.rules[0].per: user", "weir.rules[0].rate: requests"
    };

    @TempDir
    Path folder;

    /** An application that knows better who is calling and what he has. */
    @Configuration(proxyBeanMethods = false)
    static class Own {

        static final List<String> TOLD = new CopyOnWriteArrayList<>();

        @Bean
        RateLimitKeyResolver resolver() {
            return request -> Identity.of(null, "own-" + request.principal().getName());
        }

        @Bean
        ProfileSource profiles() {
            return new ProfileSource() {
                @Override
                public Optional<Profile> ofUser(Optional<String> tenant, String user) {
                    return Optional.of(Profile.ofTier("enterprise"));
                }
            };
        }

        @Bean
        RateLimitListener listener() {
            return event -> TOLD.add(
                    event.decision().stage() + " " + event.identity().user().orElse("-"));
        }
    }

    @Test
    void portsOfTheApplication_areUsed() throws Exception {
        Own.TOLD.clear();
        try (Shop shop = Shop.start(List.of(Own.class), PER_USER)) {
            assertThat(shop.send("GET", "/", Shop.basic("carol", "right")).statusCode())
                    .isEqualTo(200);
            assertThat(Own.TOLD).containsExactly("EDGE -", "IDENTITY own-carol");
        }
    }

    @Test
    void file_isReadFromWherePropertySays() throws Exception {
        Path file =
                Files.writeString(folder.resolve("weir.yaml"), "rules: [{name: fromfile, per: user, rate: 7/min}]\n");
        for (String location : List.of(file.toString(), file.toUri().toString())) {
            try (Shop shop = Shop.start("weir.config: " + location)) {
                assertThat(shop.send("GET", "/", Shop.basic("carol", "right"))
                                .headers()
                                .firstValue("RateLimit")
                                .orElseThrow())
                        .startsWith("\"fromfile\";r=6");
            }
        }
    }

    @Test
    void faults_areToldAsInAFile() {
        assertThat(reason("weir.rules[0].name: api", "weir.rules[0].rate: 20/minute", "weir.store.max-key: 5"))
                .hasMessageContaining("rules[0].rate: \"20/minute\": \"minute\" is no period; use s, min, hour or day")
                .hasMessageContaining("store.max-key: unknown key; did you mean \"max-keys\"?");
        assertThat(reason("weir.config: weir.yaml", "weir.rules[0].name: api"))
                .hasMessageContaining(
                        "there is weir.config, which names a file, and beside it rules; keep one of the two");
        assertThat(reason("weir.config: classpath:none.yaml"))
                .hasMessageContaining("weir.config: there is no classpath:none.yaml");
        assertThat(reason(
                        "weir.store.type: redis",
                        "weir.store.redis.uri: redis://127.0.0.1",
                        "weir.store.redis.password: hunter2"))
                .hasMessageContaining("a secret does not belong into this file")
                .message()
                .doesNotContain("hunter2");
    }

    private static Throwable reason(String... properties) {
        Throwable thrown = catchThrowable(() -> Shop.start(properties).close());
        while (thrown != null && !(thrown instanceof IllegalArgumentException)) {
            thrown = thrown.getCause();
        }
        assertThat(thrown).isNotNull();
        return thrown;
    }

    @Test
    void nothingIsLimited_whereNothingIsSaidOrItIsSwitchedOff() throws Exception {
        try (Shop silent = Shop.start();
                Shop off = Shop.start("weir.enabled: false", PER_USER[0], PER_USER[1], PER_USER[2])) {
            for (Shop shop : List.of(silent, off)) {
                assertThat(shop.send("GET", "/", Shop.basic("carol", "right"))
                                .headers()
                                .firstValue("RateLimit"))
                        .isEmpty();
                assertThat(shop.context().getBeansOfType(RateLimiter.class)).isEmpty();
            }
        }
    }

    /** An application that moves Spring Security takes Weir along. */
    @Test
    @SuppressWarnings("rawtypes")
    void order_followsThatOfSecurity() {
        try (Shop usual = Shop.start(PER_USER);
                Shop moved = Shop.start(PER_USER[0], PER_USER[1], PER_USER[2], "spring.security.filter.order: 50")) {
            assertThat(orders(usual)).containsExactly(-101, -99);
            assertThat(orders(moved)).containsExactly(49, 51);
        }
    }

    @SuppressWarnings("rawtypes")
    private static List<Integer> orders(Shop shop) {
        return shop.context().getBeansOfType(FilterRegistrationBean.class).values().stream()
                .filter(bean -> bean.getFilter() instanceof RateLimitFilter)
                .map(FilterRegistrationBean::getOrder)
                .sorted()
                .toList();
    }

    /** The application's own Lettuce client. */
    @Configuration(proxyBeanMethods = false)
    static class Client {
        @Bean(destroyMethod = "shutdown")
        RedisClient redisClient() {
            return RedisClient.create();
        }
    }

    @Test
    void redis_isReachedThroughTheApplicationsClient() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            String[] properties = {
                "weir.store.type: redis",
                "weir.store.redis.uri: " + redis.uri(),
                PER_USER[0],
                PER_USER[1],
                "weir.rules[0].rate: 3/hour"
            };
            try (Shop first = Shop.start(List.of(Client.class), properties);
                    Shop second = Shop.start(properties)) {
                String carol = Shop.basic("carol", "right");
                assertThat(first.send("GET", "/", carol).statusCode()).isEqualTo(200);
                assertThat(second.send("GET", "/", carol).statusCode()).isEqualTo(200);
                assertThat(first.send("GET", "/", carol).statusCode()).isEqualTo(200);
                assertThat(second.send("GET", "/", carol).statusCode()).isEqualTo(429);
                assertThat(first.bean(RateLimiter.class).degradedDecisions()).isZero();
            }
        }
    }
}
