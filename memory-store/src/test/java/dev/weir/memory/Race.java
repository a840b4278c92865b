// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;

/**
 * A few {@link RaceOperations} of which each thread does its own, written as their name and arguments. The operations one after
 * the other are what the result is compared with: a lock that is missing changes nothing there.
 */
final class Race {

    private static final int INVOCATIONS = Integer.getInteger("weir.lincheck.race", 1000);

    private final List<Actor> before;
    private final List<List<Actor>> threads = new ArrayList<>();
    private List<Actor> after = List.of();

    private Race(List<Actor> before) {
        this.before = before;
    }

    /** Begins with what one thread has done. */
    static Race after(String... operations) {
        return new Race(actors(operations));
    }

    Race thread(String... operations) {
        threads.add(actors(operations));
        return this;
    }

    /** Looks at what has come of it. */
    Race then(String... operations) {
        after = actors(operations);
        return this;
    }

    /* What is made in a scenario is taken for its thread's own even when others find it in the table, and nobody is
     * interrupted there. So what is there before is made by the constructor. */
    void check() {
        RaceOperations.start = before;
        Interleavings.options()
                .iterations(0)
                .invocationsPerIteration(INVOCATIONS)
                .addCustomScenario(new ExecutionScenario(List.of(), threads, after, null))
                .check(RaceOperations.class);
    }

    private static List<Actor> actors(String... operations) {
        return Stream.of(operations).map(Race::actor).toList();
    }

    private static Actor actor(String operation) {
        List<String> words = List.of(operation.split(" ", -1));
        Method method = Stream.of(RaceOperations.class.getDeclaredMethods())
                .filter(candidate -> candidate.getName().equals(words.get(0)))
                .findFirst()
                .orElseThrow();
        return new Actor(method, words.stream().skip(1).map(Integer::valueOf).toList());
    }
}
