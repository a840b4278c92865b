// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.RateLimitStore;
import dev.weir.store.RateLimitStoreFactory;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.store.StoreSettings;
import dev.weir.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens Redis stores for {@code store.type: redis}.
 *
 * @since 0.1
 */
public final class RedisStoreFactory implements RateLimitStoreFactory {

    private static final String STRATEGY = "strategy";
    private static final String NO_CERTIFICATE =
            "holds no certificate in the PEM format, which begins with" + " -----BEGIN CERTIFICATE-----";

    /** Makes the factory. */
    public RedisStoreFactory() {}

    @Override
    public String type() {
        return "redis";
    }

    @Override
    public RateLimitStore open(StoreSettings settings, TimeSource time) {
        Map<String, String> options = settings.options();
        checkStrategy(settings);
        List<RedisURI> uris = ServerUri.seeds(options);
        RedisKeys.of(settings.namespace(), options.get("secret")); // before there are threads to end
        String authorities = authorities(options, uris.get(0));
        return Aside.call("weir-redis-open", () -> {
            RedisStoreBuilder builder = new RedisStoreBuilder(
                            Client.own(uris, ServerUri.isCluster(options), authorities))
                    .namespace(settings.namespace())
                    .time(time);
            String secret = options.get("secret");
            return store(secret == null ? builder : builder.secret(secret), settings);
        });
    }

    /**
     * Opens a store on a client that the application has made, and closes itself.
     *
     * @param client the client, whose threads and options are used
     * @param settings how to reach Redis, as configured
     * @param time the clocks
     * @return the store, which the application closes before the client
     * @throws IllegalArgumentException if the settings cannot work
     */
    public SharedRateLimitStore open(RedisClient client, StoreSettings settings, TimeSource time) {
        checkStrategy(settings);
        if (settings.options().containsKey("ca")) {
            throw new IllegalArgumentException(
                    "store.redis.ca: whom to trust is said by the options of the application's own client; leave it out");
        }
        List<RedisURI> uris = ServerUri.seeds(settings.options());
        RedisStoreBuilder builder = new RedisStoreBuilder(
                        ServerUri.isCluster(settings.options())
                                ? Client.beside(client, client.getOptions(), uris)
                                : Client.beside(client, uris.get(0)))
                .namespace(settings.namespace())
                .time(time);
        String secret = settings.options().get("secret");
        return store(secret == null ? builder : builder.secret(secret), settings);
    }

    private static SharedRateLimitStore store(RedisStoreBuilder builder, StoreSettings settings) {
        return isSwapping(settings)
                ? new CompareAndSwapStore(builder, Script.SERVER_CLOCK, Exchange.Clock.OF_SERVER)
                : builder.build();
    }

    private static boolean isSwapping(StoreSettings settings) {
        return settings.options().getOrDefault(STRATEGY, "script").equals("compare-and-swap");
    }

    private static void checkStrategy(StoreSettings settings) {
        String strategy = settings.options().getOrDefault(STRATEGY, "script");
        if (!strategy.equals("script") && !isSwapping(settings)) {
            throw new IllegalArgumentException(
                    "store.redis.strategy: must be script or compare-and-swap but was " + strategy);
        }
        if (isSwapping(settings) && ServerUri.isCluster(settings.options())) {
            throw new IllegalArgumentException(
                    "store.redis.strategy: compare-and-swap is not for a cluster; write script");
        }
    }

    /** What is no certificate would be found only when it is too late to say so. */
    private static @Nullable String authorities(Map<String, String> options, RedisURI uri) {
        String pem = options.get("ca");
        if (pem == null) {
            return null;
        }
        if (!uri.isSsl()) {
            boolean cluster = ServerUri.isCluster(options);
            throw new IllegalArgumentException("store.redis.ca: says whom to trust, but "
                    + ServerUri.scheme(uri, cluster, false) + " is not encrypted; write "
                    + ServerUri.scheme(uri, cluster, true) + " in store.redis.uri, or leave ca out");
        }
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            if (!factory.generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                    .isEmpty()) {
                return pem;
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException("store.redis.ca: " + NO_CERTIFICATE, e);
        }
        throw new IllegalArgumentException("store.redis.ca: " + NO_CERTIFICATE);
    }
}
