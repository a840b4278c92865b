// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.Refusal;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import jakarta.servlet.DispatcherType;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store or a refusal handler that answers, but nothing that makes sense. */
class NonsenseTest {

    private static final String RULES = Limiters.ANYBODY + """
            rules:
              - {name: api, path: /**, per: user, rate: 1000/hour, concurrent: 5}
              - {name: counted, path: /fine, per: ip, rate: 1000/hour, count: [200]}
              - {name: tight, path: /tight, per: ip, rate: 1/hour}
            """;

    @TempDir
    Path folder;

    private static WebApp app(RateLimiter limiter) {
        return new WebApp()
                .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                .servlet("/", (request, response) -> response.getWriter().print("hello"));
    }

    /** Ways in which a store can say something that makes no sense. */
    enum Nonsense {
        REFUSED_BY_NOBODY {
            @Override
            void write(Charge charge) {
                charge.decide(Outcome.REFUSED);
            }
        },
        IMPOSSIBLE_FOR_NOBODY {
            @Override
            void write(Charge charge) {
                charge.decide(Outcome.IMPOSSIBLE);
            }
        },
        NUMBERS_OUT_OF_RANGE {
            @Override
            void write(Charge charge) {
                charge.items().forEach(item -> {
                    item.report(0, -7, Long.MAX_VALUE, Long.MIN_VALUE);
                    item.verdict(Verdict.REFUSED);
                });
                charge.decide(Outcome.REFUSED);
            }
        },
        ADMITTED_WITH_NUMBERS_OUT_OF_RANGE {
            @Override
            void write(Charge charge) {
                charge.items().forEach(item -> item.report(0, Long.MIN_VALUE, -1, -1));
                charge.decide(Outcome.ADMITTED);
            }
        },
        LEASES_THAT_CANNOT_BE_RELEASED {
            @Override
            void write(Charge charge) {
                charge.items().forEach(item -> item.lease(new BrokenLease(item)));
                charge.decide(Outcome.ADMITTED);
            }
        },
        TAKEN_AND_THEN_THROWN {
            @Override
            void write(Charge charge) {
                charge.items().forEach(item -> item.lease(new BrokenLease(item)));
                throw new NoClassDefFoundError(Fault.EVIL);
            }
        };

        abstract void write(Charge charge);
    }

    /** Own answers that make no sense. */
    enum OddRefusal {
        HEADER_WITHOUT_NAME("", "text/plain", "a"),
        HEADER_WITH_LINE_BREAK("X-Own\r\nX-Forged", "text/plain", "a"),
        HEADER_WITH_BLANK("X Own", "text/plain", "a"),
        TYPE_WITH_LINE_BREAK("X-Own", "text/plain\r\nX-Forged: 1", "a"),
        TYPE_THAT_IS_NONE("X-Own", "none", "a"),
        TYPE_THAT_IS_EMPTY("X-Own", "", "a"),
        UNKNOWN_CHARSET("X-Own", "text/plain;charset=x-none", "\u00e4"),
        WRONG_LENGTH("Content-Length", "text/plain", "more than one character"),
        EMPTY_BODY("X-Own", "text/plain", ""),
        LONE_SURROGATE("X-Own", "text/plain;charset=UTF-8", "\ud800");

        private final String header;
        private final String type;
        private final String body;

        OddRefusal(String header, String type, String body) {
            this.header = header;
            this.type = type;
            this.body = body;
        }

        Refusal on(Refusal standard) {
            return standard.withHeader(header, "1").withBody(type, body);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void oddAnswerOfTheRefusalHandler_isStillARefusal(Containers kind) throws Exception {
        for (OddRefusal odd : OddRefusal.values()) {
            try (LogCapture log = new LogCapture();
                    RateLimiter limiter = Limiters.builder(RULES)
                            .refusalHandler((request, decision, standard) -> odd.on(standard))
                            .build();
                    Container container = kind.start(app(limiter), folder)) {
                Http.raw(container, "/tight");
                Answer answer = Http.raw(container, "/tight");
                assertThat(answer.status()).as(odd.name()).isEqualTo(429);
                assertThat(answer.has("X-Forged")).isFalse();
                assertThat(log.lines()).hasSizeLessThanOrEqualTo(1);
                assertThat(log.everything()).doesNotContain("\r");
            }
        }
    }

    private record BrokenLease(ItemKey key) implements Lease {
        @Override
        public void release() {
            throw new AssertionError(Fault.EVIL);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void nonsenseOfTheStore_isAnswered(Containers kind) throws Exception {
        for (Nonsense nonsense : Nonsense.values()) {
            try (LogCapture log = new LogCapture();
                    RateLimiter limiter = Limiters.builder(RULES)
                            .store(FaultyStore.of(nonsense::write))
                            .build();
                    Container container = kind.start(app(limiter), folder)) {
                Answer answer = Http.get(container, "/fine", "X-User: ann");
                assertThat(answer.status()).as(nonsense.name()).isIn(200, 429);
                if (answer.has("RateLimit")) {
                    StructuredFields.parse(answer.header("RateLimit"))
                            .forEach(item -> assertThat(item.number("r")).isNotNegative());
                }
                assertThat(answer.body()).as(nonsense.name()).doesNotContain("[\"\"]");
                Limiters.awaitNothingInFlight(limiter);
                assertThat(log.everything()).doesNotContain("\r");
            }
        }
    }
}
