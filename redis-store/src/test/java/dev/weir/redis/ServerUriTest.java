// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerUriTest {

    private static RedisURI uri(String text, String... more) {
        Map<String, String> options = new HashMap<>(Map.of("uri", text));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return ServerUri.of(options);
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
        assertThat(uri.getVerifyMode()).isEqualTo(SslVerifyMode.FULL);
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
    void cluster_isFoundByAnyOfItsServers() {
        Map<String, String> options = Map.of("uri", "redis-cluster://weir@one:7000,10.0.0.2", "password", "s3cret");
        assertThat(ServerUri.isCluster(options)).isTrue();
        assertThat(ServerUri.seeds(options))
                .extracting(RedisURI::getHost, RedisURI::getPort)
                .containsExactly(tuple("one", 7000), tuple("10.0.0.2", 6379));
        assertThat(ServerUri.seeds(options))
                .extracting(ServerUriTest::credentials)
                .containsOnly("weir/s3cret");
        assertThat(ServerUri.isCluster(Map.of("uri", "redis://one"))).isFalse();
    }

    @Test
    void clustersThatCannotBeAsked_areRefused() {
        assertThatThrownBy(() -> uri("redis-cluster://one/1"))
                .hasMessageContaining("a cluster has one database only; leave out /1");
        assertThatThrownBy(() -> uri("redis-cluster://one,,two"))
                .hasMessageContaining("empty name among its servers; write redis-cluster://");
        assertThatThrownBy(() -> uri("redis-cluster://one:0")).hasMessageContaining("the port of a server must be");
        assertThatThrownBy(() -> uri("redis-cluster://one", "sentinel-password", "s"))
                .hasMessageContaining("redis-cluster:// asks no sentinels");
        assertThatThrownBy(() -> uri("rediss-cluster://one/1")).hasMessageContaining("leave out /1");
        assertThatThrownBy(() -> uri("rediss-cluster://one,,two")).hasMessageContaining("write rediss-cluster://");
    }

    @Test
    void sentinels_areListedBeforeTheNameOfTheMaster() {
        RedisURI uri = uri("redis-sentinel://weir@a,b:26380,192.0.2.7:26381/2#main", "password", "p");
        assertThat(uri.getSentinelMasterId()).isEqualTo("main");
        assertThat(uri.getDatabase()).isEqualTo(2);
        assertThat(uri.getSentinels())
                .extracting(each -> each.getHost() + " " + each.getPort())
                .containsExactly("a 26379", "b 26380", "192.0.2.7 26381");
        assertThat(uri("redis-sentinel://[2001:db8::1]:7#main")
                        .getSentinels()
                        .get(0)
                        .getHost())
                .isEqualTo("2001:db8::1");
        assertThat(credentials(uri)).isEqualTo("weir/p");
        assertThat(credentials(uri.getSentinels().get(0)))
                .as("the sentinels have a password of their own, or none")
                .isEqualTo("null/null");
    }

    @Test
    void everyWay_isThereWithTlsToo() {
        RedisURI sentinels = uri("rediss-sentinel://weir@a,b:26380/2#main", "password", "p", "sentinel-password", "s");
        assertThat(sentinels.isSsl()).as("to the master").isTrue();
        assertThat(sentinels.getVerifyMode()).isEqualTo(SslVerifyMode.FULL);
        assertThat(sentinels.getDatabase()).isEqualTo(2);
        assertThat(credentials(sentinels)).isEqualTo("weir/p");
        assertThat(sentinels.getSentinels())
                .hasSize(2)
                .allMatch(RedisURI::isSsl)
                .allMatch(each -> each.getVerifyMode() == SslVerifyMode.FULL)
                .extracting(ServerUriTest::credentials)
                .containsOnly("null/s");
        Map<String, String> cluster = Map.of("uri", "rediss-cluster://weir@one:7000,two", "password", "p");
        assertThat(ServerUri.isCluster(cluster)).isTrue();
        assertThat(ServerUri.seeds(cluster))
                .hasSize(2)
                .allMatch(RedisURI::isSsl)
                .allMatch(each -> each.getVerifyMode() == SslVerifyMode.FULL)
                .extracting(ServerUriTest::credentials)
                .containsOnly("weir/p");
        assertThat(uri("redis-cluster://one").isSsl()).isFalse();
        assertThat(uri("redis-sentinel://a#main").getSentinels()).noneMatch(RedisURI::isSsl);
    }

    @Test
    void otherSchemes_areRefused() {
        for (String odd : List.of("http://h", "REDISS://h", "rediss-clusters://h", "localhost", "redis:h")) {
            assertThatThrownBy(() -> uri(odd)).as(odd).hasMessageContaining("with TLS rediss://, rediss-sentinel://");
        }
    }

    @Test
    void passwordOfTheSentinels_goesToThemAlone() {
        RedisURI uri = uri("redis-sentinel://a#main", "sentinel-password", "s");
        assertThat(credentials(uri.getSentinels().get(0))).isEqualTo("null/s");
        assertThat(credentials(uri)).isEqualTo("null/null");
        assertThatThrownBy(() -> uri("redis://a", "sentinel-password", "s"))
                .hasMessageContaining("store.redis.sentinel-password: redis:// asks no sentinels");
    }

    @Test
    void sentinelsThatCannotBeAsked_areRefused() {
        assertThatThrownBy(() -> uri("redis-sentinel://a:1,b:2"))
                .hasMessageContaining("does not name the master; write");
        assertThatThrownBy(() -> uri("redis-sentinel://a:1,,b:2#m"))
                .hasMessageContaining("empty name among its servers");
        assertThatThrownBy(() -> uri("rediss-sentinel://a")).hasMessageContaining("write rediss-sentinel://");
        assertThatThrownBy(() -> uri("redis-sentinel://a:99999#m"))
                .hasMessageContaining("port of a server must be 1 to 65535 but was \"99999\"");
    }
}
