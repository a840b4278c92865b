// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import dev.weir.identity.Identity;
import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.plan.Quota;
import dev.weir.store.BucketLimit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Section 12.15 of the design: whatever application code does, the request is decided. */
class PortsThatFailTest {

    private static final String API = "rules: [{name: api, rate: 10/min, cost: 2, concurrent: 3}]";

    private final FakeStore store = new FakeStore();
    private final FakeRequest request = FakeRequest.get("/").user("carol");

    private RateLimiter limiter(String config, Consumer<RateLimiterBuilder> more) {
        RateLimiterBuilder builder = RateLimiter.builder(Configuration.parse("weir.yaml", config))
                .store(store)
                .time(new FakeTime());
        more.accept(builder);
        return builder.build();
    }

    private String charged(Consumer<RateLimiterBuilder> more) {
        try (RateLimiter limiter = limiter(API, more)) {
            assertThat(limiter.decide(request).isAdmitted()).isTrue();
            return store.lastCharge().get(0);
        }
    }

    @Test
    void resolverThatThrowsOrAnswersNull_countsTheAddress() {
        String byAddress = "TAKE BUCKET api of ip 198.51.100.7 cost 2 limit 10";
        assertThat(charged(b -> b.resolver(r -> null))).isEqualTo(byAddress);
        assertThat(charged(b -> b.resolver(r -> {
                    throw new IllegalStateException("no session");
                })))
                .isEqualTo(byAddress);
        assertThat(charged(b -> b.resolver(r -> {
                    throw new StackOverflowError();
                })))
                .isEqualTo(byAddress);
    }

    @Test
    void resolverOfOnesOwn_replacesTheConfiguredOne() {
        assertThat(charged(
                        b -> b.resolver(r -> Identity.of("acme", r.principal().getName()))))
                .isEqualTo("TAKE BUCKET api of tenant acme cost 2 limit 10");
        assertThat(charged(b -> b.resolver(r -> Identity.of(null, null, "203.0.113.9:4711"))))
                .isEqualTo("TAKE BUCKET api of ip 203.0.113.9 cost 2 limit 10");
    }

    @Test
    void errorsOfTheJvm_arePassedOn() {
        try (RateLimiter limiter = limiter(
                API,
                b -> b.resolver(r -> {
                    throw new OutOfMemoryError("test");
                }))) {
            assertThatThrownBy(() -> limiter.decide(request)).isInstanceOf(OutOfMemoryError.class);
        }
    }

    @Test
    void requestWithoutAMethod_passesUncounted() {
        try (RateLimiter limiter = limiter(API, b -> {})) {
            Decision decision = limiter.decide(FakeRequest.of(null, "/"));
            assertThat(decision.isAdmitted()).isTrue();
            assertThat(decision.isDegraded()).isTrue();
            assertThat(limiter.complete(decision, 200)).isFalse();
            assertThat(limiter.inFlight()).isZero();
            assertThat(store.charges).isEmpty();
        }
    }

    @Test
    void costThatIsGarbage_isTheRulesOwn() {
        for (long garbage : new long[] {0, -1, Long.MIN_VALUE, Quota.MAX + 1, Long.MAX_VALUE}) {
            assertThat(charged(b -> b.requestCost((r, rule, cost) -> garbage))).contains("cost 2 ");
        }
        assertThat(charged(b -> b.requestCost((r, rule, cost) -> {
                    throw new IllegalStateException();
                })))
                .contains("cost 2 ");
        assertThat(charged(b -> b.requestCost((r, rule, cost) -> cost + rule.length())))
                .contains("cost 5 ");
    }

    @Test
    void refusalHandlerThatFails_getsTheStandardAnswer() {
        store.refuse("api", 1);
        for (RefusalHandler handler : List.<RefusalHandler>of((r, d, s) -> null, (r, d, s) -> {
            throw new IllegalStateException();
        })) {
            try (RateLimiter limiter = limiter(API, b -> b.refusalHandler(handler))) {
                assertThat(limiter.refusal(request, limiter.decide(request)).status())
                        .isEqualTo(429);
            }
        }
        try (RateLimiter limiter = limiter(API, b -> b.refusalHandler((r, d, s) -> Refusal.of(418)))) {
            assertThat(limiter.refusal(request, limiter.decide(request)).status())
                    .isEqualTo(418);
        }
    }

    @Test
    void listenerThatThrows_touchesNeitherTheRequestNorTheOthers() {
        List<RateLimitEvent> told = new ArrayList<>();
        try (RateLimiter limiter = limiter(
                API,
                b -> b.listener(e -> {
                            throw new StackOverflowError();
                        })
                        .listener(told::add))) {
            Decision decision = limiter.decide(request);
            assertThat(decision.isAdmitted()).isTrue();
            assertThat(told).singleElement().satisfies(event -> {
                assertThat(event.decision()).isSameAs(decision);
                assertThat(event.identity().user()).contains("carol");
                assertThat(event.time()).isEqualTo(new FakeTime().now());
            });
            assertThat(limiter.inFlight()).as("the request goes on").isEqualTo(1);
            assertThat(store.released).isEmpty();
        }
    }

    @Test
    void listenerThatEndsTheRequest_givesItsLeaseBack() {
        try (RateLimiter limiter = limiter(
                API,
                b -> b.listener(e -> {
                    throw new OutOfMemoryError("test");
                }))) {
            assertThatThrownBy(() -> limiter.decide(request)).isInstanceOf(OutOfMemoryError.class);
            assertThat(limiter.inFlight()).isZero();
            assertThat(store.released).hasSize(1);
        }
    }

    @Test
    void complete_worksOnce() {
        try (RateLimiter limiter = limiter(API, b -> {})) {
            Decision first = limiter.decide(request);
            Decision second = limiter.decide(request);
            assertThat(limiter.inFlight()).isEqualTo(2);
            for (int i = 0; i < 3; i++) {
                assertThat(limiter.complete(first, 200)).isFalse();
            }
            assertThat(limiter.inFlight()).isEqualTo(1);
            assertThat(store.released).hasSize(1);
            limiter.complete(second, 0);
            assertThat(limiter.inFlight()).isZero();
            store.answer("LEASE api", item -> item.verdict(dev.weir.store.Verdict.REFUSED));
            limiter.complete(limiter.decide(request), 429);
            assertThat(limiter.inFlight()).isZero();
            assertThat(store.released).hasSize(2);
        }
    }

    @Test
    void complete_settlesRulesThatCountThisStatus() {
        String config = """
                rules:
                  - {name: logins, rate: 5/min, count: [401]}
                  - {name: shadow, rate: 5/min, count: [401, 403], mode: shadow}
                """;
        try (RateLimiter limiter = limiter(config, b -> {})) {
            assertThat(limiter.complete(limiter.decide(request), 200)).isFalse();
            assertThat(store.charges).hasSize(1);
            Decision decision = limiter.decide(request);
            store.answer("logins", item -> item.report(0, 2, 0, 7));
            assertThat(limiter.complete(decision, 401)).isTrue();
            assertThat(decision.rates().get(0).remaining()).isEqualTo(2);
            assertThat(store.lastCharge())
                    .containsExactly(
                            "SETTLE BUCKET logins of user carol cost 1 limit 5",
                            "WATCH BUCKET shadow of user carol cost 1 limit 5");
            limiter.complete(limiter.decide(request), 403);
            assertThat(store.lastCharge()).containsExactly("WATCH BUCKET shadow of user carol cost 1 limit 5");
            store.refuse("logins", 1);
            int before = store.charges.size();
            limiter.complete(limiter.decide(request), 401);
            assertThat(store.charges).as("a refused request is not settled").hasSize(before + 1);
        }
    }

    @Test
    void storeThatFails_followsTheRulesPolicy() {
        List<Consumer<dev.weir.store.Charge>> failures = List.of(
                charge -> charge.fail(Outcome.NOT_SENT, null),
                charge -> charge.fail(Outcome.PERHAPS_SENT, new IllegalStateException()),
                charge -> {
                    throw new IllegalStateException("a store must not throw");
                });
        for (var failure : failures) {
            store.fail(failure);
            for (String policy : List.of("open", "local", "closed")) {
                try (RateLimiter limiter = limiter("store: {on-failure: " + policy + "}\n" + API, b -> {})) {
                    store.released.clear();
                    Decision decision = limiter.decide(request);
                    assertThat(decision.isAdmitted()).isEqualTo(!policy.equals("closed"));
                    assertThat(decision.isDegraded()).isTrue();
                    assertThat(decision.retryAfter().isPresent()).isEqualTo(policy.equals("closed"));
                    assertThat(limiter.inFlight()).isZero();
                    assertThat(store.released).as("what was taken all the same").hasSize(1);
                }
            }
        }
    }

    /** It says that it refused, hands out a place, and holds the item to a limit of rates that it says nothing of. */
    @Test
    void storeWhoseAnswerCannotBeRead_keepsNoLease() {
        answerWhatCannotBeRead();
        try (RateLimiter limiter = limiter(API, b -> {})) {
            assertThat(limiter.complete(limiter.decide(request), 200)).isFalse();
            assertThat(limiter.inFlight()).isZero();
            assertThat(store.released).hasSize(1);
        }
    }

    /** Whoever is to be refused where he cannot be counted is refused whatever it is that cannot count him. */
    @Test
    void faultOfOurOwn_refusesWhereARuleIsClosed() {
        answerWhatCannotBeRead();
        String closed = "{name: api, path: /login, rate: 10/min, on-failure: closed}";
        String open = "{name: api, path: /login, rate: 10/min, on-failure: open}";
        String shadow = "{name: s, path: /login, rate: 10/min, on-failure: closed, mode: shadow}";
        assertThat(passes("rules: [" + closed + "]")).isFalse();
        assertThat(passes("rules: [" + open + "]")).isTrue();
        assertThat(passes("rules: [" + open + ", " + shadow + "]")).isTrue();
        assertThat(passes("store: {on-failure: closed}\nrules: [" + open + "]"))
                .as("the rule's own policy, not that of requests without rules")
                .isTrue();
        assertThat(passes("rules: [" + open + ", {name: other, path: /x, rate: 5/min, on-failure: closed}]"))
                .as("a closed rule for another path")
                .isTrue();
    }

    private void answerWhatCannotBeRead() {
        List<Rate> rates = List.of(new Rate(1, 1000, 1), new Rate(1, 2000, 1), new Rate(1, 3000, 1));
        store.answer("BUCKET api", item -> {
            item.holdTo(new BucketLimit(rates.subList(0, 2), 7));
            item.report(1, 0, 5, 5);
            item.holdTo(new BucketLimit(rates, 8));
        });
        store.fail(charge -> {
            charge.item(0).verdict(dev.weir.store.Verdict.REFUSED);
            charge.decide(Outcome.REFUSED);
        });
    }

    private boolean passes(String config) {
        try (RateLimiter limiter = limiter(config, b -> {})) {
            Decision decision = limiter.decide(FakeRequest.get("/login").user("carol"));
            assertThat(decision.isDegraded()).isTrue();
            return decision.isAdmitted();
        }
    }

    /** A key whose value is foreign is no fault of the store's, but somebody has to be told. */
    @Test
    void chargeThatFailsAlone_followsTheRulesPolicy() {
        store.fail(charge -> charge.failAlone(new IllegalStateException("foreign")));
        assertThat(passes("rules: [{name: api, rate: 10/min, on-failure: closed}]"))
                .isFalse();
        assertThat(passes("rules: [{name: api, rate: 10/min, on-failure: open}]"))
                .isTrue();
    }

    @Test
    void closedShadowRule_closesNothing() {
        store.fail(charge -> charge.fail(Outcome.NOT_SENT, null));
        String config = "rules: [{name: s, rate: 5/min, mode: shadow, on-failure: closed}, {name: a, rate: 5/min}]";
        try (RateLimiter limiter = limiter(config, b -> {})) {
            assertThat(limiter.decide(request).isAdmitted()).isTrue();
        }
    }

    @Test
    void executorThatFails_touchesNoRequest_andIsTriedAgain() {
        int[] tries = {0};
        ProfileSource source = new ProfileSource() {
            @Override
            public Optional<Profile> ofUser(Optional<String> tenant, String user) {
                return Optional.of(Profile.ofTier("pro"));
            }
        };
        for (RuntimeException thrown : List.of(new RejectedExecutionException(), new IllegalStateException("ended"))) {
            tries[0] = 0;
            try (RateLimiter limiter = limiter(
                    API,
                    b -> b.profileSource(source).queuedListener(event -> {}, 1).executor(work -> {
                        tries[0]++;
                        throw thrown;
                    }))) {
                limiter.decide(request);
                assertThat(limiter.decide(request).isAdmitted()).isTrue();
                assertThat(tries[0])
                        .as("two for the profile, two for the listener")
                        .isEqualTo(4);
            }
        }
    }

    @Test
    void builder_takesEachPortOnce() {
        RateLimiterBuilder builder =
                RateLimiter.builder(Configuration.parse("weir.yaml", API)).store(store);
        assertThatThrownBy(() -> builder.store(store)).hasMessage("store was already set");
        assertThatThrownBy(() -> builder.queuedListener(e -> {}, 0)).hasMessageContaining("1 to 1000000");
        assertThatThrownBy(() -> RateLimiter.builder(Configuration.parse("weir.yaml", API))
                        .build())
                .hasMessage("there is no store of type \"memory\" on the class path, only redis; add the artifact"
                        + " dev.weir:weir-memory-store");
    }
}
