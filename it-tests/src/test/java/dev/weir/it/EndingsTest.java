// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A hundred thousand requests that end in all ways, hung-up clients among them, leave no place taken. */
@Tag("heavy")
class EndingsTest {

    private static final int REQUESTS = 100_000;
    private static final int LANES = 8;
    private static final int ONE_IN_SO_MANY_HANGS_UP = 50;
    private static final int PLACES = 4;

    /** Writes a stack trace for each servlet that throws; kept, so that it stays silent. */
    private static final Logger TOMCAT = Logger.getLogger("org.apache.catalina.core");

    @TempDir
    Path folder;

    @BeforeEach
    void silenceTomcat() {
        TOMCAT.setUseParentHandlers(false); // a level would not do, because Tomcat gives those below one of their own
    }

    @AfterEach
    void letTomcatSpeak() {
        TOMCAT.setUseParentHandlers(true);
    }

    private static Shape[] quick() {
        return Arrays.stream(Shape.values())
                .filter(shape -> !shape.name().contains("TIMEOUT")
                        && shape != Shape.ASYNC_THEN_EXCEPTION
                        && shape != Shape.CLIENT_ABORT)
                .toArray(Shape[]::new);
    }

    @ParameterizedTest
    @EnumSource
    void places_areAllFreeAfterAHundredThousandEndings(Containers kind) throws Exception {
        String rules = Limiters.ANYBODY + "rules: [{name: api, path: /**, per: user, rate: 1000000/s, concurrent: "
                + PLACES + "}]\n";
        try (RateLimiter limiter = Limiters.of(rules);
                Container container = kind.start(
                        Shape.addAll(new WebApp().filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)),
                        folder)) {
            AtomicInteger next = new AtomicInteger();
            CompletableFuture<?>[] lanes = IntStream.range(0, LANES)
                    .mapToObj(lane -> CompletableFuture.runAsync(
                            () -> run(container, next), task -> new Thread(task, "lane-" + lane).start()))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(lanes).get(20, TimeUnit.MINUTES);
            Limiters.awaitNothingInFlight(limiter);
            for (int user = 0; user < LANES; user++) {
                assertThat(limiter.peek(Limiters.user("user-" + user), "GET", "/plain")
                                .isAdmitted())
                        .isTrue();
            }
        }
    }

    private static void run(Container container, AtomicInteger next) {
        Shape[] shapes = quick();
        try {
            for (int i = next.getAndIncrement(); i < REQUESTS; i = next.getAndIncrement()) {
                String user = "X-User: user-" + i % LANES;
                if (i % ONE_IN_SO_MANY_HANGS_UP == 0) {
                    Http.abort(container, Shape.CLIENT_ABORT.path(), user);
                } else {
                    Shape shape = shapes[i % shapes.length];
                    assertThat(Http.get(container, shape.path(), user).status()).isIn(shape.status, 429);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
