// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.Arrays;

/** The stock proxies of Bucket4j on Lettuce, which compare and swap. */
abstract class Bucket4jSubject implements Subject {

    final BucketConfiguration configuration;
    final ProxyManager<String> proxies;
    private final StatefulRedisConnection<String, byte[]> connection;

    private Bucket4jSubject(Site site, Load load) {
        this.connection = site.connectForBytes();
        this.configuration = BucketConfiguration.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(load.capacity())
                        .refillGreedy(load.amount(), load.period())
                        .build())
                .build();
        this.proxies = Bucket4jLettuce.casBasedBuilder(connection)
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(10)))
                .build();
    }

    @Override
    public void close() {
        connection.close();
    }

    /** A proxy made for each decision, as its documentation has it; of several buckets one after the other. */
    static final class Plain extends Bucket4jSubject {
        private final String[][] keys;

        Plain(Site site, Load load, String[] names, int buckets) {
            super(site, load);
            this.keys = new String[buckets][];
            for (int i = 0; i < buckets; i++) {
                int bucket = i;
                keys[i] =
                        Arrays.stream(names).map(name -> site.key(name, bucket)).toArray(String[]::new);
            }
        }

        @Override
        public boolean take(int caller) {
            for (String[] bucket : keys) {
                if (!proxies.builder()
                        .build(bucket[caller], () -> configuration)
                        .tryConsume(1)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** What waits for the same key travels together; that needs proxies which live as long as their callers come. */
    static final class Batching extends Bucket4jSubject {
        private final Bucket[] buckets;

        Batching(Site site, Load load, String... names) {
            super(site, load);
            this.buckets = Arrays.stream(names)
                    .map(name -> proxies.builder()
                            .withOptimization(Optimizations.batching())
                            .build(site.key(name, 0), () -> configuration))
                    .toArray(Bucket[]::new);
        }

        @Override
        public boolean take(int caller) {
            return buckets[caller].tryConsume(1);
        }
    }
}
