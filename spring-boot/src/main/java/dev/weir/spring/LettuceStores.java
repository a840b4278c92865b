// SPDX-License-Identifier: Apache-2.0
package dev.weir.spring;

import dev.weir.redis.RedisStoreFactory;
import dev.weir.store.RateLimitStore;
import dev.weir.store.StoreSettings;
import dev.weir.time.TimeSource;
import io.lettuce.core.RedisClient;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets a Redis store use the application's own Lettuce client, with its threads and its settings. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({RedisClient.class, RedisStoreFactory.class})
final class LettuceStores {

    @Bean
    @ConditionalOnSingleCandidate(RedisClient.class)
    SharedStores weirLettuceStores(RedisClient client) {
        return new OnClient(client);
    }

    /** Closes the store that it has opened; Spring does so after the limiter. The client is the application's. */
    private static final class OnClient implements SharedStores, DisposableBean {

        private final RedisClient client;
        private @Nullable RateLimitStore opened;

        OnClient(RedisClient client) {
            this.client = client;
        }

        @Override
        public @Nullable RateLimitStore open(StoreSettings settings) {
            RedisStoreFactory factory = new RedisStoreFactory();
            if (!settings.type().equals(factory.type())) {
                return null;
            }
            opened = factory.open(client, settings, TimeSource.system());
            return opened;
        }

        @Override
        public void destroy() {
            if (opened != null) {
                opened.close();
            }
        }
    }
}
