// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import java.util.HashSet;
import java.util.Set;

/** What {@link LeaseOperations} and {@link OverflowLeaseOperations} do one after the other. */
public class LeaseSequence {

    private static final long MAX = 2;

    private final Set<Object> held = new HashSet<>();
    private final Set<Integer> took = new HashSet<>();

    public boolean takeNamed(int id) {
        Object named = "id " + id;
        if (!held.contains(named) && held.size() >= MAX) {
            return false;
        }
        held.add(named);
        return true;
    }

    public void releaseNamed(int id) {
        held.remove("id " + id);
    }

    public boolean take(int thread) {
        if (!took.contains(thread) && held.size() < MAX) {
            took.add(thread);
            held.add(thread);
        }
        return took.contains(thread);
    }

    public void release(int thread) {
        held.remove((Object) thread);
    }

    public long free() {
        return MAX - held.size();
    }

    public void makeRoom() {
        // Where a lease is counted changes nothing.
    }
}
