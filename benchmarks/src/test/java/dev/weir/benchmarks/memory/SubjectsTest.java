// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SubjectsTest {

    private static final int CALLERS = 100;

    @ParameterizedTest
    @EnumSource
    void everySubject_doesItsWork(Kind kind) {
        assertThatCode(() -> Proof.of(kind)).doesNotThrowAnyException();
        try (Subject subject = kind.open(Proof.names(CALLERS), Load.OPEN)) {
            Proof.fill(kind, subject, CALLERS, false);
            Proof.answers(kind, subject, 0, false);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TRY_CONSUME", "CHARGE_1", "DECIDE_1", "BUCKET4J", "BUCKET4J_PROBE"})
    void refusingSubject_refusesEverybody(Kind kind) {
        try (Subject subject = kind.open(Proof.names(CALLERS), Load.SCARCE)) {
            Proof.fill(kind, subject, CALLERS, true);
            Proof.answers(kind, subject, CALLERS - 1, true);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyBenchmark_runs(Kind kind) {
        MemoryBenchmark benchmark = new MemoryBenchmark();
        benchmark.subject = kind.name();
        benchmark.callers = CALLERS;
        benchmark.warm = CALLERS;
        MemoryBenchmark.Walk walk = new MemoryBenchmark.Walk();
        walk.begin(1);
        benchmark.open();
        assertThat(benchmark.decide(walk)).isNotNull();
        benchmark.close();
    }

    @Test
    void subjectThatConfusesCallers_isFoundOut() {
        // All callers are one, so the second finds nothing left.
        Subject one = new PeerSubject.Bucket4j(new String[] {"same", "same"}, Load.SCARCE);
        assertThatThrownBy(() -> Proof.exhaust(Kind.BUCKET4J, one))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("BUCKET4J admitted 0 and not 5");
    }

    @Test
    void subjectThatRefusesNobody_isFoundOut() {
        Subject open = new PeerSubject.Bucket4j(Proof.names(2), Load.OPEN);
        assertThatThrownBy(() -> Proof.exhaust(Kind.BUCKET4J, open)).hasMessageContaining("admitted 20");
    }

    @Test
    void subjectWithTooFewEntries_isFoundOut() {
        String[] names = Proof.names(CALLERS);
        names[1] = names[0];
        Subject few = new PeerSubject.Bucket4j(names, Load.OPEN);
        assertThatThrownBy(() -> Proof.fill(Kind.BUCKET4J, few, CALLERS, false))
                .hasMessage("BUCKET4J has 99 entries for 100 callers");
    }

    @Test
    void walk_visitsAllCallersAboutAlikeOften() {
        MemoryBenchmark.Walk walk = new MemoryBenchmark.Walk();
        walk.begin(0);
        int[] visits = new int[10];
        for (int i = 0; i < 100_000; i++) {
            visits[walk.next(10)]++;
        }
        for (int visit : visits) {
            assertThat(visit).isBetween(9_500, 10_500);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFootprint_weighsAnEntry(Footprint footprint) throws Exception {
        // An object has a header and a field, a table a place for it: 24 bytes at the least.
        assertThat(footprint.measure(20_000)).isBetween(24.0, 3_000.0);
    }
}
