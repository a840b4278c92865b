// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Our client of Lettuce, with the address of the server; its threads are its own, or those of a client of the application's.
 *
 * @param redis the client
 * @param uri the server, and who we are there
 * @param seeds the servers of a cluster to ask first, or none if there is no cluster
 * @param resources the threads, if they are its own, else null
 */
record Client(
        RedisClient redis,
        RedisURI uri,
        List<RedisURI> seeds,
        @Nullable ClientResources resources) {

    private static final Duration CONNECT = Duration.ofMillis(500);
    private static final Duration HANDSHAKE = Duration.ofSeconds(1);
    private static final int MOST_WAITING = 10_000;
    private static final long LAST_THREAD_MILLIS = 1_300;
    private static final int THREADS = 2; // the least that Lettuce takes

    /** On the threads, and with the options, of another client, but for those on which our promises rest. */
    static Client beside(RedisClient application, RedisURI uri) {
        return new Client(make(application.getResources(), application.getOptions()), hasty(uri), List.of(), null);
    }

    /** The same with the servers of a cluster. */
    static Client beside(AbstractRedisClient application, ClientOptions options, List<RedisURI> seeds) {
        List<RedisURI> hasty = seeds.stream().map(Client::hasty).toList();
        return new Client(make(application.getResources(), options), hasty.get(0), hasty, null);
    }

    /**
     * A client of our own.
     *
     * @param uris the server, or those of a cluster to ask first
     * @param cluster whether it is a cluster
     * @param authorities the certificates to trust as PEM, or null for those that the JVM trusts
     */
    static Client own(List<RedisURI> uris, boolean cluster, @Nullable String authorities) {
        ClientResources resources = DefaultClientResources.builder()
                .ioThreadPoolSize(THREADS)
                .computationThreadPoolSize(THREADS)
                .build();
        ClientOptions.Builder options = ClientOptions.builder()
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .keepAlive(true)
                        .build());
        if (authorities != null) {
            byte[] pem = authorities.getBytes(StandardCharsets.UTF_8);
            options.sslOptions(SslOptions.builder()
                    .jdkSslProvider()
                    .trustManager(() -> new ByteArrayInputStream(pem))
                    .build());
        }
        List<RedisURI> hasty = uris.stream().map(Client::hasty).toList();
        return new Client(make(resources, options.build()), hasty.get(0), cluster ? hasty : List.of(), resources);
    }

    /* Design: no automatic reconnection, because it sends commands again that may have been charged, and waits up to 30 s
     * between its tries. The heartbeat connects instead. */
    private static RedisClient make(ClientResources resources, ClientOptions options) {
        RedisClient redis = RedisClient.create(resources);
        redis.setOptions(options.mutate()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_WAITING)
                .build());
        return redis;
    }

    private static RedisURI hasty(RedisURI uri) {
        RedisURI copy = uri.getSentinels().isEmpty() ? RedisURI.builder(uri).build() : copyOfSentinels(uri);
        copy.setTimeout(HANDSHAKE);
        return copy;
    }

    /** Lettuce's own copies leave the sentinels behind. */
    private static RedisURI copyOfSentinels(RedisURI uri) {
        RedisURI copy = new RedisURI();
        copy.setSentinelMasterId(uri.getSentinelMasterId());
        copy.setDatabase(uri.getDatabase());
        copy.setCredentialsProvider(uri.getCredentialsProvider());
        copy.setClientName(uri.getClientName());
        copy.applySsl(uri);
        uri.getSentinels().forEach(sentinel -> copy.getSentinels().add(hasty(sentinel)));
        return copy;
    }

    /** Makes the ways to the servers, without connecting. */
    Servers servers(ChargeScripts scripts) {
        return seeds.isEmpty()
                ? new OneServer(new Link(redis, uri, scripts))
                : new Cluster(
                        seeds,
                        (node, redirects) -> new Link(redis, node, scripts, redirects),
                        redis.getResources().eventExecutorGroup());
    }

    void close(long waitNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(waitNanos);
        Waiting.upTo(waitNanos, redis.shutdownAsync(0, millis, TimeUnit.MILLISECONDS));
        if (resources == null) {
            return;
        }
        resources.shutdown(0, millis, TimeUnit.MILLISECONDS).awaitUninterruptibly(waitNanos, TimeUnit.NANOSECONDS);
        awaitLastThread();
    }

    /* Design: one thread of Netty's belongs to nobody, and ends by itself a second after its last task. A container that
     * undeploys an application before that complains of it. */
    private static void awaitLastThread() {
        try {
            GlobalEventExecutor.INSTANCE.awaitInactivity(LAST_THREAD_MILLIS, TimeUnit.MILLISECONDS);
        } catch (IllegalStateException e) {
            // It was never needed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
