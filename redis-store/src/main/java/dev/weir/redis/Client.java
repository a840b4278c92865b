// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of Lettuce, with the address of the server: the application's, which is left open, or one of our own.
 *
 * @param redis the client
 * @param uri the server, and who we are there
 * @param resources the threads of a client of our own, else null
 */
record Client(RedisClient redis, RedisURI uri, @Nullable ClientResources resources) {

    private static final Duration CONNECT = Duration.ofMillis(500);
    private static final Duration HANDSHAKE = Duration.ofSeconds(1);
    private static final int MOST_WAITING = 10_000;
    private static final int THREADS = 2; // the least that Lettuce takes

    static Client of(RedisClient redis, RedisURI uri) {
        return new Client(redis, hasty(uri), null);
    }

    /* Design: no automatic reconnection, because it sends commands again that may have been charged, and waits up to 30 s
     * between its tries. The heartbeat connects instead. */
    static Client own(RedisURI uri) {
        ClientResources resources = DefaultClientResources.builder()
                .ioThreadPoolSize(THREADS)
                .computationThreadPoolSize(THREADS)
                .build();
        RedisClient redis = RedisClient.create(resources);
        redis.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_WAITING)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .keepAlive(true)
                        .build())
                .build());
        return new Client(redis, hasty(uri), resources);
    }

    private static RedisURI hasty(RedisURI uri) {
        RedisURI copy = RedisURI.builder(uri).build();
        copy.setTimeout(HANDSHAKE);
        return copy;
    }

    void close(long waitNanos) {
        if (resources == null) {
            return;
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(waitNanos);
        Waiting.upTo(waitNanos, redis.shutdownAsync(0, millis, TimeUnit.MILLISECONDS));
        resources.shutdown(0, millis, TimeUnit.MILLISECONDS).awaitUninterruptibly(waitNanos, TimeUnit.NANOSECONDS);
    }
}
