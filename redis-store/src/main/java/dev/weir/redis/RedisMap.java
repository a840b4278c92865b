// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.key.Key;
import dev.weir.store.VersionedMap;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A map in one hash of Redis. Names are digests; an entry is its version, the time of its end in milliseconds or 0, and its
 * value: {@code 7:0:tier=pro}. It has no time to live: what an operator has set must not end by itself. Thread-safe.
 */
final class RedisMap implements VersionedMap {

    private static final Logger LOG = System.getLogger("dev.weir.redis");
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int FIRST_ENTRY = 3;

    private final Servers servers;
    private final RedisKeys keys;
    private final String kind;
    private final byte[][] key;
    private final Script put;
    private final Script read;

    RedisMap(Servers servers, RedisKeys keys, String name, String clock) {
        this.servers = servers;
        this.keys = keys;
        this.kind = name.toUpperCase(Locale.ROOT);
        this.key = new byte[][] {keys.single(name)};
        this.put = Script.load("map-put.lua", clock);
        this.read = Script.load("map-read.lua", clock);
    }

    @Override
    public String nameOf(@Nullable Key within, Key per) {
        return keys.name(kind, within, per);
    }

    @Override
    public boolean put(String name, @Nullable String value, long lifeNanos, long deadlineNanos) {
        long life = lifeNanos == 0 ? 0 : Math.max(1, lifeNanos / NANOS_PER_MILLI);
        List<Object> reply = run(
                put,
                deadlineNanos,
                bytes(name),
                bytes(value == null ? "" : value),
                bytes(Long.toString(life)),
                bytes(Integer.toString(MAX_ENTRIES)));
        if (reply == null) {
            return false;
        }
        if (reply.get(0).equals(0L)) {
            throw new IllegalStateException(
                    "Redis holds " + MAX_ENTRIES + " profiles or blocks that were set at run time,"
                            + " and no more fit; supply profiles by a ProfileSource, and lift blocks");
        }
        return true;
    }

    @Override
    public @Nullable Contents read(long knownVersion, long deadlineNanos) {
        List<Object> reply = run(read, deadlineNanos, bytes(Long.toString(knownVersion)));
        if (reply == null) {
            return null;
        }
        try {
            return contents(reply);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            LOG.log(
                    Level.WARNING,
                    "What Redis holds of " + kind + " makes no sense; what was known goes on counting.",
                    e);
            return null;
        }
    }

    private static Contents contents(List<Object> reply) {
        long version = Long.parseLong(text(reply.get(0)));
        if (reply.size() == 1) {
            return new Contents(version, 0, Map.of());
        }
        long now = Long.parseLong(text(reply.get(2)));
        Map<String, Entry> entries = new HashMap<>();
        for (int i = FIRST_ENTRY; i < reply.size(); i += 2) {
            Entry entry = entry(text(reply.get(i + 1)), now);
            if (entry.leftNanos() > 0) {
                entries.put(text(reply.get(i)), entry);
            }
        }
        return new Contents(version, Long.parseLong(text(reply.get(1))), entries);
    }

    private static Entry entry(String text, long now) {
        String[] parts = text.split(":", 3);
        long ends = Long.parseLong(parts[1]);
        long left = ends == 0 ? Long.MAX_VALUE : Math.max(0, ends - now) * NANOS_PER_MILLI;
        return new Entry(Long.parseLong(parts[0]), parts[2], left);
    }

    private @Nullable List<Object> run(Script script, long deadlineNanos, byte[]... values) {
        Link link = servers.of(key[0]);
        RedisAsyncCommands<byte[], byte[]> commands = link == null ? null : link.commands();
        if (commands == null) {
            return null;
        }
        String sha1 = new String(script.sha1(), StandardCharsets.US_ASCII);
        try {
            return await(commands.evalsha(sha1, ScriptOutputType.MULTI, key, values), deadlineNanos);
        } catch (RedisNoScriptException e) {
            try {
                return await(commands.eval(script.text(), ScriptOutputType.MULTI, key, values), deadlineNanos);
            } catch (RedisNoScriptException again) {
                return null;
            }
        } catch (RuntimeException e) {
            return refused(e);
        }
    }

    private @Nullable List<Object> await(Future<List<Object>> answer, long deadlineNanos) {
        try {
            return answer.get(deadlineNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return null;
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisNoScriptException unknown) {
                throw unknown;
            }
            return refused(e);
        }
    }

    /** The limiter says that nothing was shared; why is for those who look closer. */
    private @Nullable List<Object> refused(Throwable why) {
        LOG.log(Level.DEBUG, "Redis did not do what was asked of " + kind + ".", why);
        return null;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Object reply) {
        if (reply instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        throw new IllegalArgumentException("a reply that is not of text");
    }
}
