// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.ItemKind;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What an operator asks, not a request: it may take a second. Buckets go through Bucket4j's own proxy. Thread-safe. */
final class Administration {

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration MARGIN = Duration.ofSeconds(10); // as charge.lua has it

    private final Servers servers;

    Administration(Servers servers) {
        this.servers = servers;
    }

    void refill(ItemKind kind, byte[] key) {
        switch (kind) {
            case BUCKET -> refillBucket(key);
            case ROLLING -> await(commands(key).ltrim(key, 0, 0)); // all but version and numbers
            case LEASE -> {
                // Leases are given back by those who hold them.
            }
        }
    }

    private void refillBucket(byte[] key) {
        Link link = servers.of(key);
        StatefulRedisConnection<byte[], byte[]> open = link == null ? null : link.connection();
        if (open == null) {
            throw unreachable(null);
        }
        ProxyManager<byte[]> buckets = Bucket4jLettuce.casBasedBuilder(open)
                .requestTimeout(PATIENCE)
                .expirationAfterWrite(ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(MARGIN))
                .build();
        try {
            Optional<BucketConfiguration> stored = buckets.getProxyConfiguration(key);
            if (stored.isPresent()) {
                buckets.getProxy(key, stored::get).reset();
            }
        } catch (RuntimeException e) {
            throw unreachable(e);
        }
    }

    void remove(byte[] key) {
        await(commands(key).del(key));
    }

    /** Says that an instance has gone, if there is anybody to tell. */
    void leave(byte[] instances, byte[] instance) {
        RedisAsyncCommands<byte[], byte[]> commands = commandsOrNull(instances);
        if (commands != null) {
            Waiting.upTo(
                    TimeUnit.MILLISECONDS.toNanos(200),
                    commands.zrem(instances, instance).toCompletableFuture());
        }
    }

    private @Nullable RedisAsyncCommands<byte[], byte[]> commandsOrNull(byte[] key) {
        Link link = servers.of(key);
        return link == null ? null : link.commands();
    }

    private RedisAsyncCommands<byte[], byte[]> commands(byte[] key) {
        RedisAsyncCommands<byte[], byte[]> commands = commandsOrNull(key);
        if (commands == null) {
            throw unreachable(null);
        }
        return commands;
    }

    private static void await(RedisFuture<?> answer) {
        try {
            if (!answer.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                throw unreachable(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        }
        if (answer.getError() != null) {
            throw unreachable(new RedisException(answer.getError()));
        }
    }

    private static IllegalStateException unreachable(@Nullable Throwable why) {
        return new IllegalStateException("Redis did not do what was asked; try again when it answers", why);
    }
}
