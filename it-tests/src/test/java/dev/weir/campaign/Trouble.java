// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import java.io.IOException;

/** What can become of Redis and of the way to it, each as it begins and as it ends. */
enum Trouble {
    KILLED(Site::kill, Site::restart),
    FROZEN(site -> site.server().freeze(), site -> site.server().thaw()),
    BLACKHOLED(site -> site.proxy().blackhole(), site -> site.proxy().pass()),
    REPLIES_SWALLOWED(
            site -> site.proxy().swallowReplies(), site -> site.proxy().pass()),
    REQUESTS_SWALLOWED(
            site -> site.proxy().swallowRequests(), site -> site.proxy().pass()),
    REFUSED(Site::refuse, site -> site.proxy().pass()),
    CUT(site -> site.proxy().cut(), site -> {}),
    SLOW(site -> site.proxy().delay(Site.TOO_SLOW), site -> site.proxy().pass()),
    /** Heartbeats are answered in time, charges are not. */
    HALF_SLOW(site -> site.proxy().delay(Site.HALF_SLOW), site -> site.proxy().pass()),
    SCRIPTS_FLUSHED(site -> site.admin("SCRIPT", "FLUSH"), site -> {}),
    READ_ONLY(site -> site.admin("REPLICAOF", "127.0.0.1", "1"), site -> site.admin("REPLICAOF", "NO", "ONE")),
    LOADING(Site::fillAndRestart, Site::awaitLoaded),
    OUT_OF_MEMORY(site -> site.set("maxmemory", "1"), site -> site.set("maxmemory", "0")),
    FOREIGN_VALUE(Site::poison, Site::unpoison),
    CONNECTIONS_KILLED(site -> site.admin("CLIENT", "KILL", "TYPE", "normal"), site -> {}),
    CONNECTIONS_FULL(site -> site.setForAll("maxclients", "1"), site -> site.set("maxclients", "1000")),
    PASSWORD(site -> site.setForAll("requirepass", "changed"), site -> site.set("requirepass", "")),
    NO_PERMISSION(
            site -> site.admin("ACL", "SETUSER", "default", "-evalsha", "-eval"),
            site -> site.admin("ACL", "SETUSER", "default", "+evalsha", "+eval")),
    WRITES_PAUSED(site -> site.admin("CLIENT", "PAUSE", "60000", "WRITE"), site -> site.admin("CLIENT", "UNPAUSE")),
    BUSY(Site::loop, site -> site.admin("SCRIPT", "KILL")),
    NO_REPLICAS(site -> site.set("min-replicas-to-write", "1"), site -> site.set("min-replicas-to-write", "0"));

    @SuppressWarnings("ImmutableEnumChecker") // steps are lambdas that hold nothing
    private final Step begins;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Step ends;

    /** One thing to do. */
    private interface Step {
        void take(Site site) throws IOException;
    }

    Trouble(Step begins, Step ends) {
        this.begins = begins;
        this.ends = ends;
    }

    void begin(Site site) throws IOException {
        begins.take(site);
    }

    void end(Site site) throws IOException {
        ends.take(site);
    }

    /** Whether it costs nobody a shared decision. */
    boolean isHarmless() {
        return this == SCRIPTS_FLUSHED;
    }

    /** Whether it is over as soon as it has happened. */
    boolean isMoment() {
        return this == CUT || this == CONNECTIONS_KILLED || this == SCRIPTS_FLUSHED;
    }

    /** The longest that it may take, in seconds: a loop takes a whole processor, and after half of slowness there is a pause. */
    int mostSeconds() {
        return this == BUSY || this == HALF_SLOW ? 3 : 6;
    }
}
