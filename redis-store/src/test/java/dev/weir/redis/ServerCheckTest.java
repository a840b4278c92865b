// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerCheckTest {

    private final LogLines log = new LogLines();

    @AfterEach
    void stop() {
        log.close();
    }

    private static ServerCheck check(String uri, boolean hasSecret) {
        return new ServerCheck(RedisURI.create(uri), List.of(), hasSecret);
    }

    @Test
    void evictionOfLimits_isWarnedOfOnce() {
        ServerCheck check = check("redis://localhost", true);
        for (int i = 0; i < 3; i++) {
            check.look(Map.of("maxmemory_policy", "allkeys-lru", "role", "master", "redis_version", "7.0.15"));
        }
        assertThat(log.all())
                .singleElement()
                .asString()
                .contains("WARNING", "allkeys-lru", "set maxmemory-policy noeviction");
    }

    @Test
    void replicaAndOldServer_areWarnedOf() {
        check("redis://localhost", true).look(Map.of("role", "slave", "redis_version", "6.0.16"));
        assertThat(log.all()).hasSize(2);
        assertThat(log.all().get(0)).contains("is a replica", "name its master");
        assertThat(log.all().get(1)).contains("6.0.16", "use 6.2 or newer");
    }

    @Test
    void goodServer_isNotSpokenOf() {
        ServerCheck check = check("redis://127.0.0.1", true);
        check.settings();
        check.secrets(true);
        check.look(Map.of("maxmemory_policy", "noeviction", "role", "master", "redis_version", "6.2.6"));
        check.look(Map.of("redis_version", "odd"));
        assertThat(log.all()).isEmpty();
    }

    @Test
    void plainTextToAnotherMachine_isWarnedOf() {
        check("redis://10.1.2.3", true).settings();
        check("rediss://10.1.2.3", true).settings();
        check("redis://localhost", true).settings();
        assertThat(log.all()).singleElement().asString().contains("10.1.2.3", "not encrypted", "rediss://");
    }

    private static ServerCheck configured(String uri) {
        Map<String, String> options = Map.of("uri", uri);
        List<RedisURI> uris = ServerUri.seeds(options);
        return new ServerCheck(uris.get(0), ServerUri.isCluster(options) ? uris : List.of(), true);
    }

    @Test
    void plainTextToSentinelsAndClusters_isWarnedOf() {
        for (String near :
                List.of("redis-sentinel://localhost,127.0.0.1#main", "redis-cluster://127.0.0.1,localhost")) {
            configured(near).settings();
        }
        for (String encrypted : List.of("rediss-sentinel://a,b#main", "rediss-cluster://a,b")) {
            configured(encrypted).settings();
        }
        assertThat(log.all()).isEmpty();
        configured("redis-sentinel://localhost,b#main").settings();
        configured("redis-cluster://localhost,b").settings();
        assertThat(log.all()).hasSize(2);
        assertThat(log.all().get(0)).contains("the sentinels' main is not encrypted", "write rediss-sentinel://");
        assertThat(log.all().get(1)).contains("is not encrypted", "write rediss-cluster://");
    }

    /** Such a client an application may have: whoever answers for the sentinels names the master. */
    @Test
    void plainTextToSentinelsAlone_isWarnedOf() {
        RedisURI uri = ServerUri.of(Map.of("uri", "redis-sentinel://b#main"));
        uri.setSsl(true);
        uri.getSentinels().forEach(sentinel -> sentinel.setSsl(false));
        new ServerCheck(uri, List.of(), true).settings();
        assertThat(log.all()).singleElement().asString().contains("is not encrypted", "write rediss-sentinel://");
    }

    @Test
    void serverOfACluster_isWarnedOfWithItsScheme() {
        Map<String, String> info = Map.of("redis_mode", "cluster", "role", "master");
        check("rediss://10.1.2.3", true).look(info);
        check("redis://10.1.2.3", true).look(info);
        assertThat(log.all().get(0)).contains("write rediss-cluster://");
        assertThat(log.all().get(1)).contains("write redis-cluster://");
        configured("rediss-cluster://a").look(info);
        assertThat(log.all()).hasSize(2);
    }

    @Test
    void missingSecret_isTold() {
        check("redis://localhost", false).settings();
        assertThat(log.all()).singleElement().asString().startsWith("INFO").contains("store.redis.secret");
    }

    @Test
    void otherSecret_isWarnedOf() {
        check("redis://localhost", true).secrets(false);
        assertThat(log.all()).singleElement().asString().contains("another store.redis.secret");
    }
}
