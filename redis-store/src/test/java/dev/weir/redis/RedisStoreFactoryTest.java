// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedisStoreFactoryTest {

    private static RedisURI uri(String text, String... more) {
        Map<String, String> options = new HashMap<>(Map.of("uri", text));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return RedisStoreFactory.uri(options);
    }

    private static String credentials(RedisURI uri) {
        var credentials = uri.getCredentialsProvider().resolveCredentials().block();
        return credentials.getUsername() + "/"
                + (credentials.getPassword() == null ? null : new String(credentials.getPassword()));
    }

    @Test
    void uri_namesHostPortAndDatabase() {
        RedisURI uri = uri("redis://cache.internal:7000/3");
        assertThat(uri.getHost()).isEqualTo("cache.internal");
        assertThat(uri.getPort()).isEqualTo(7000);
        assertThat(uri.getDatabase()).isEqualTo(3);
        assertThat(uri.isSsl()).isFalse();
        assertThat(credentials(uri)).isEqualTo("null/null");
    }

    @Test
    void portAndDatabase_haveTheUsualDefaults() {
        RedisURI uri = uri("redis://localhost");
        assertThat(uri.getPort()).isEqualTo(6379);
        assertThat(uri.getDatabase()).isZero();
    }

    @Test
    void rediss_isEncryptedAndTheNameIsChecked() {
        RedisURI uri = uri("rediss://[2001:db8::1]:6380");
        assertThat(uri.isSsl()).isTrue();
        assertThat(uri.getVerifyMode()).isEqualTo(io.lettuce.core.SslVerifyMode.FULL);
        assertThat(uri.getHost()).isEqualTo("2001:db8::1");
    }

    @Test
    void nameBeforeTheHost_isTheUserAndNotThePassword() {
        assertThat(credentials(uri("redis://weir@localhost", "password", "s3cret")))
                .isEqualTo("weir/s3cret");
        assertThat(credentials(uri("redis://localhost", "password", "s3cret"))).isEqualTo("null/s3cret");
    }

    @Test
    void userWithoutPassword_isRefused() {
        assertThatThrownBy(() -> uri("redis://weir@localhost"))
                .hasMessageContaining("store.redis.password: ${REDIS_PASSWORD}");
    }

    @Test
    void pathThatIsNoDatabase_isRefused() {
        assertThatThrownBy(() -> uri("redis://localhost/shop")).hasMessageContaining("number of a database");
    }

    @Test
    void sentinelAndCluster_areRefusedByName() {
        assertThatThrownBy(() -> uri("redis-sentinel://localhost"))
                .hasMessageContaining("redis-sentinel:// is not there yet");
        assertThatThrownBy(() -> uri("redis-cluster://localhost"))
                .hasMessageContaining("redis-cluster:// is not there yet");
    }
}
