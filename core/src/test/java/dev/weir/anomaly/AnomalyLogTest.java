// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.weir.FakeTime;
import dev.weir.identity.Identity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnomalyLogTest {

    private final FakeTime time = new FakeTime();
    private final AnomalyLog log = AnomalyLog.builder().time(time).build();

    private Anomaly record(AnomalyType type, String user) {
        return log.record(Anomaly.builder(type).user(user));
    }

    @Test
    void event_isWhatWasRecorded() {
        Anomaly event = log.record(Anomaly.builder(AnomalyType.RAPID_RESTART)
                .tenant("acme")
                .user("fred")
                .address("192.0.2.1")
                .service("api")
                .rule("starts")
                .details("5 starts within a minute")
                .severity(Severity.HIGH));
        assertThat(event.timestamp()).isEqualTo(time.now());
        assertThat(event.type()).isEqualTo(AnomalyType.RAPID_RESTART);
        assertThat(event.tenant()).contains("acme");
        assertThat(event.user()).contains("fred");
        assertThat(event.address()).contains("192.0.2.1");
        assertThat(event.service()).contains("api");
        assertThat(event.rule()).contains("starts");
        assertThat(event.details()).isEqualTo("5 starts within a minute");
        assertThat(event.severity()).isEqualTo(Severity.HIGH);
        assertThat(log.recent()).containsExactly(event);
    }

    @Test
    void event_ofAnIdentity_hasItsParts() {
        Anomaly event = log.record(
                Anomaly.builder(AnomalyType.UNAUTHORIZED_ACCESS).identity(Identity.of("acme", "fred", "2001:db8::1")));
        assertThat(event.tenant()).contains("acme");
        assertThat(event.user()).contains("fred");
        assertThat(event.address()).contains("2001:db8::1");
        assertThat(event.severity()).isEqualTo(Severity.HIGH);
        assertThat(event.service()).isEmpty();
        assertThat(event.details()).isEmpty();
    }

    @Test
    void unknownParts_areEmpty() {
        Anomaly event = log.record(Anomaly.builder(AnomalyType.SERVER_OVERLOADED)
                .identity(Identity.unknown())
                .service(" ")
                .rule(null));
        assertThat(List.of(event.tenant(), event.user(), event.address(), event.service(), event.rule()))
                .allSatisfy(part -> assertThat(part).isEmpty());
    }

    @Test
    void severity_isThatOfTheType() {
        assertThat(AnomalyType.builtIn())
                .extracting(type -> type + " " + record(type, "fred").severity().word())
                .containsExactly(
                        "RATE_LIMIT_EXCEEDED medium",
                        "CONCURRENT_LIMIT_EXCEEDED medium",
                        "HOURLY_LIMIT_EXCEEDED medium",
                        "SERVER_OVERLOADED low",
                        "RAPID_RESTART medium",
                        "UNAUTHORIZED_ACCESS high");
    }

    @Test
    void typesOfOnesOwn_areRecordedAndCounted() {
        AnomalyType own = AnomalyType.of("CARD_TESTING", Severity.HIGH);
        record(own, "fred");
        assertThat(log.byType(AnomalyType.of("CARD_TESTING", Severity.LOW))).hasSize(1);
        assertThat(log.summary().byType()).containsExactly(entry("CARD_TESTING", 1L));
    }

    @Test
    void typesOfOnesOwn_haveNamesOfTheirOwn() {
        for (String bad : List.of("", "card", "1CARD", "CARD TESTING", "A".repeat(65), "RAPID_RESTART")) {
            assertThatThrownBy(() -> AnomalyType.of(bad, Severity.LOW))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("name must ");
        }
    }

    @Test
    void recent_isTheLastHundred_theNewestFirst() {
        List<Anomaly> all = new ArrayList<>();
        IntStream.range(0, 150).forEach(i -> all.add(0, record(AnomalyType.RAPID_RESTART, "user" + i)));
        assertThat(log.recent()).isEqualTo(all.subList(0, 100));
        assertThat(log.recent(3)).isEqualTo(all.subList(0, 3));
        assertThat(log.recent(1_000)).isEqualTo(all);
        assertThatThrownBy(() -> log.recent(0)).hasMessage("most must be at least 1 but was 0");
    }

    @Test
    void byUserAndByType_findWhatIsTheirs() {
        Anomaly first = record(AnomalyType.RAPID_RESTART, "fred");
        record(AnomalyType.RAPID_RESTART, "eve");
        Anomaly third = log.record(
                Anomaly.builder(AnomalyType.RATE_LIMIT_EXCEEDED).tenant("acme").user("fred"));
        assertThat(log.byUser("fred")).containsExactly(third, first);
        assertThat(log.byUser("fred", 1)).containsExactly(third);
        assertThat(log.byUser("")).isEmpty();
        assertThat(log.byType(AnomalyType.RATE_LIMIT_EXCEEDED)).containsExactly(third);
        assertThat(log.byType(AnomalyType.RAPID_RESTART, 1)).hasSize(1).doesNotContain(first);
    }

    @Test
    void remembered_areTheLastTenThousand_butAllAreCounted() {
        IntStream.range(0, 10_005).forEach(i -> record(AnomalyType.RAPID_RESTART, "user" + i % 7));
        List<Anomaly> remembered = log.recent(20_000);
        assertThat(remembered).hasSize(10_000);
        assertThat(remembered.get(9_999).user()).contains("user5");
        assertThat(log.summary().totalCount()).isEqualTo(10_005);
    }

    @Test
    void remember_sizesTheMemory_andMayBeNothing() {
        try (AnomalyLog two = AnomalyLog.builder().remember(2).build();
                AnomalyLog none = AnomalyLog.builder().remember(0).build()) {
            for (int i = 0; i < 5; i++) {
                two.record(Anomaly.builder(AnomalyType.RAPID_RESTART));
                none.record(Anomaly.builder(AnomalyType.RAPID_RESTART));
            }
            assertThat(two.recent()).hasSize(2);
            assertThat(none.recent()).isEmpty();
            assertThat(none.summary().totalCount()).isEqualTo(5);
        }
        assertThatThrownBy(() -> AnomalyLog.builder().remember(-1))
                .hasMessage("remember must be 0 to 1000000 but was -1");
    }

    @Test
    void summary_countsByTypeSeverityAndUser() {
        IntStream.range(0, 3).forEach(i -> record(AnomalyType.RATE_LIMIT_EXCEEDED, "fred"));
        record(AnomalyType.UNAUTHORIZED_ACCESS, "eve");
        log.record(Anomaly.builder(AnomalyType.SERVER_OVERLOADED).tenant("acme").user("fred"));
        log.record(Anomaly.builder(AnomalyType.UNAUTHORIZED_ACCESS).address("192.0.2.1"));
        AnomalySummary summary = log.summary();
        assertThat(summary.hours()).isEqualTo(24);
        assertThat(summary.totalCount()).isEqualTo(6);
        assertThat(summary.byType())
                .containsExactly(
                        entry("RATE_LIMIT_EXCEEDED", 3L),
                        entry("UNAUTHORIZED_ACCESS", 2L),
                        entry("SERVER_OVERLOADED", 1L));
        assertThat(summary.bySeverity())
                .containsExactly(entry(Severity.MEDIUM, 3L), entry(Severity.HIGH, 2L), entry(Severity.LOW, 1L));
        assertThat(summary.topUsers()).containsExactly(entry("fred", 3L), entry("acme/fred", 1L), entry("eve", 1L));
        assertThat(summary.isExact()).isTrue();
    }

    @Test
    void summary_coversTheHoursAskedFor() {
        record(AnomalyType.RAPID_RESTART, "fred");
        time.advance(Duration.ofHours(3));
        record(AnomalyType.RAPID_RESTART, "fred");
        assertThat(log.summary(2).totalCount()).isEqualTo(1);
        assertThat(log.summary(3).totalCount()).isEqualTo(2);
        time.advance(Duration.ofHours(21));
        assertThat(log.summary().totalCount()).isEqualTo(2);
        time.advance(Duration.ofHours(1));
        assertThat(log.summary().totalCount()).isEqualTo(1);
        assertThat(log.summary(168).totalCount()).isEqualTo(2);
        time.advance(Duration.ofDays(7));
        assertThat(log.summary(168).totalCount()).isZero();
        assertThatThrownBy(() -> log.summary(169)).hasMessage("hours must be 1 to 168 but was 169");
        assertThatThrownBy(() -> log.summary(0)).hasMessage("hours must be 1 to 168 but was 0");
    }

    @Test
    void summary_ofManyUsers_neverSaysTooMuch_andMissesNobodyWhoMatters() {
        for (int i = 0; i < 20_000; i++) {
            record(AnomalyType.RAPID_RESTART, "made-up-" + i);
            if (i % 20 == 0) {
                record(AnomalyType.RAPID_RESTART, "fred");
            }
        }
        AnomalySummary summary = log.summary();
        assertThat(summary.isExact()).isFalse();
        assertThat(summary.totalCount()).isEqualTo(21_000);
        assertThat(summary.topUsers().keySet()).startsWith("fred");
        assertThat(summary.topUsers().get("fred")).isBetween(900L, 1_000L);
        summary.topUsers()
                .forEach((user, count) ->
                        assertThat(count).as(user).isLessThanOrEqualTo(user.equals("fred") ? 1_000 : 1));
    }

    @Test
    void typesWithoutEnd_areCountedTogether() {
        for (int i = 0; i < 1_000; i++) {
            record(AnomalyType.of("OWN_" + i, Severity.LOW), "fred");
        }
        assertThat(log.summary().byType()).hasSize(101).containsEntry("OTHER", 900L);
        assertThat(log.summary().totalCount()).isEqualTo(1_000);
    }

    @Test
    void hugeNames_areHeldByTheirDigest() {
        String huge = "x".repeat(1 << 20);
        Anomaly event = log.record(Anomaly.builder(AnomalyType.RAPID_RESTART)
                .user(huge)
                .service(huge)
                .details(huge));
        assertThat(event.user().orElseThrow()).startsWith("sha256:").hasSize(50);
        assertThat(event.service()).isEqualTo(event.user());
        assertThat(event.details()).hasSize(1_000).endsWith("x\u2026");
        assertThat(log.byUser(huge)).containsExactly(event);
    }

    @Test
    void details_areNotCutInsideACharacter() {
        String details = "x".repeat(998) + "\uD83D\uDE00\uD83D\uDE00";
        Anomaly event = log.record(Anomaly.builder(AnomalyType.RAPID_RESTART).details(details));
        assertThat(event.details()).isEqualTo("x".repeat(998) + "\u2026");
    }

    @Test
    void text_namesNobody() {
        assertThat(record(AnomalyType.RAPID_RESTART, "fred").toString()).doesNotContain("fred");
        assertThat(log.summary().toString()).doesNotContain("fred");
    }
}
