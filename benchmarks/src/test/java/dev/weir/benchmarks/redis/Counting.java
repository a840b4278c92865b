// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Admits everybody and remembers who came. */
final class Counting implements Subject {

    final LongAdder taken = new LongAdder();
    final Set<Integer> callers = ConcurrentHashMap.newKeySet();

    @Override
    public boolean take(int caller) {
        callers.add(caller);
        taken.increment();
        return true;
    }

    @Override
    public void close() {}
}
