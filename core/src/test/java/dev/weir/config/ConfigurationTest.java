// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.key.Scope;
import dev.weir.plan.FailurePolicy;
import dev.weir.plan.Mode;
import dev.weir.plan.Quota;
import dev.weir.store.StoreSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

    private static final int MIB = 1 << 20;

    private static Configuration parse(String text) {
        return Configuration.parse("weir.yaml", text);
    }

    private static ConfigurationException refused(String source, byte[] bytes) {
        return catchThrowableOfType(
                ConfigurationException.class, () -> Configuration.read(source, new ByteArrayInputStream(bytes)));
    }

    private static ConfigurationException refused(String text) {
        return refused("weir.yaml", text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"revision: 0", "--- {}", "{}", "store:\nidentity: ~\nrules: []"})
    void fileThatSaysNothing_hasTheDefaults(String text) {
        Configuration read = parse(text);
        assertThat(read.revision()).isZero();
        assertThat(read.store().type()).isEqualTo("memory");
        assertThat(read.store().namespace()).isEqualTo("weir");
        assertThat(read.store().maxKeys()).isEqualTo(1_000_000);
        assertThat(read.identity().order()).containsExactly(Scope.TENANT, Scope.USER, Scope.IP);
        assertThat(read.identity().ipv6Prefix()).isEqualTo(64);
        assertThat(read.exemptions()).isEmpty();
        assertThat(read.rules()).isEmpty();
        assertThat(read.plans().tiers()).hasSize(5);
        assertThat(read.overload()).isEmpty();
        assertThat(read.responses().xRateLimit()).isTrue();
        assertThat(read.responses().ietf()).isTrue();
        assertThat(read.responses().problemJson()).isTrue();
        assertThat(read.anomalies().remember()).isEqualTo(10_000);
        assertThat(read.anomalies().file()).isEmpty();
        assertThat(read.admission().startRate()).isEqualTo(Quota.perMinute(60).burst(10));
    }

    @Test
    void wordsThatYamlTakesForTruthValues_areText() {
        Configuration read = parse("""
                rules:
                  - {name: on, rate: 1/s, mode: off}
                  - {name: yes, rate: 1/s}
                  - {name: no, rate: 1/s}
                  - {name: null-ish, rate: 1/s}
                profiles:
                  users: {on: {tier: pro}, no: {tier: basic}, true: {tier: pro}, 0x10: {tier: pro}, 1_000: {tier: pro}}
                """);
        assertThat(read.rules()).extracting("name").containsExactly("on", "yes", "no", "null-ish");
        assertThat(read.rules().get(0).mode()).isEqualTo(Mode.OFF);
        assertThat(read.plans().users()).containsOnlyKeys("on", "no", "true", "0x10", "1_000");
    }

    @Test
    void quotedNumbers_areNumbers() {
        Configuration read = parse("revision: \"7\"\nstore: {max-keys: '12'}\nresponses: {problem-json: \"false\"}");
        assertThat(read.revision()).isEqualTo(7);
        assertThat(read.store().maxKeys()).isEqualTo(12);
        assertThat(read.responses().problemJson()).isFalse();
    }

    @Test
    void json_isReadLikeYaml() throws IOException {
        String json = """
                {"revision": 3,
                 "store": {"max-keys": 5, "on-failure": "closed"},
                 "responses": {"headers": [], "problem-json": false},
                 "rules": [{"name": "api", "rate": ["20/min", "1000/day"], "count": [401, 403], "never-shed": true}]}
                """;
        try (InputStream in = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))) {
            Configuration read = Configuration.read("conf/Weir.JSON", in);
            assertThat(read.revision()).isEqualTo(3);
            assertThat(read.rules().get(0).quotas()).contains(List.of(Quota.perMinute(20), Quota.perDay(1000)));
            assertThat(read.rules().get(0).count()).containsExactlyInAnyOrder(401, 403);
            assertThat(read.rules().get(0).neverShed()).isTrue();
            assertThat(read.rules().get(0).onFailure()).isEqualTo(FailurePolicy.CLOSED);
            assertThat(read.responses().xRateLimit()).isFalse();
            assertThat(read.responses().ietf()).isFalse();
            assertThat(read.responses().problemJson()).isFalse();
        }
    }

    @Test
    void unlimited_isAnEmptyListOfQuotas() {
        Configuration read =
                parse("tiers: {free: {rates: {requests: unlimited}}}\nrules: [{name: a, rate: unlimited}]");
        assertThat(read.plans().tiers().get("free").rates().get("requests")).isEmpty();
        assertThat(read.rules().get(0).quotas()).contains(List.of());
    }

    @Test
    void redisSection_isCheckedButNotResolved_whenItIsNotInUse() {
        Secrets none = new Secrets(name -> null, null);
        String unused = "store: {redis: {uri: 'redis-sentinel://a:1,b:2/0#main', secret: '${X}', deadline: 1s}}";
        Configuration read = Configuration.parse("weir.yaml", unused, none);
        assertThat(read.store().type()).isEqualTo("memory");
        assertThat(read.store().options()).isEmpty();
        assertThat(read.store().deadline()).isEqualTo(Duration.ofSeconds(1));
        for (String uri : List.of("rediss://a", "rediss-sentinel://a,b#main", "rediss-cluster://a,b")) {
            Configuration.parse("weir.yaml", "store: {redis: {uri: '" + uri + "'}}", none);
        }
        assertThatThrownBy(() -> parse("store: {redis: {uri: 'redis://h', secret: open}}"))
                .hasMessageContaining("a secret does not belong into this file");
        assertThatThrownBy(() -> parse("store: {redis: {uri: 'redis://a@b:pw@h'}}"))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void withStore_changesTheStoreAlone() {
        Configuration read = parse("revision: 7\nstore: {namespace: shop}\nrules: [{name: a, rate: 20/min}]");
        StoreSettings other = StoreSettings.memory(5);

        Configuration changed = read.withStore(other);

        assertThat(changed.store()).isEqualTo(other);
        assertThat(changed.withStore(read.store())).isEqualTo(read).isNotEqualTo(changed);
        assertThatThrownBy(() -> read.withStore(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void secrets_comeFromTheEnvironmentOrFromFiles(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("secret.txt"), "  s3cret\n");
        Files.writeString(folder.resolve("empty.txt"), " \n");
        Secrets secrets = new Secrets(Map.of("NAME", "value", "EMPTY", "")::get, folder);
        assertThat(secrets.resolve("${NAME}")).isEqualTo("value");
        assertThat(secrets.resolve("file:secret.txt")).isEqualTo("s3cret");
        assertThat(secrets.resolve("file:" + folder.resolve("secret.txt").toAbsolutePath()))
                .isEqualTo("s3cret");
        assertThatThrownBy(() -> secrets.resolve("${NONE}")).hasMessage("the environment variable NONE is not set");
        assertThatThrownBy(() -> secrets.resolve("${EMPTY}")).hasMessage("the environment variable EMPTY is not set");
        assertThatThrownBy(() -> secrets.resolve("file:empty.txt")).hasMessageEndingWith("empty.txt is empty");
        assertThatThrownBy(() -> secrets.resolve("file:none.txt")).hasMessageStartingWith("there is no file");
        assertThatThrownBy(() -> secrets.resolve("file:.")).hasMessageContaining("cannot be read");
        for (String literal : List.of("hunter2", "$NAME", "${}", "${A B}", "x${NAME}", "file:", "")) {
            assertThatThrownBy(() -> secrets.resolve(literal))
                    .hasMessage("a secret does not belong into this file; write ${NAME_OF_A_VARIABLE} or"
                            + " file:/path/to/it");
        }
    }

    @Test
    void read_findsSecretsBesideTheFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("weir.yaml");
        Files.writeString(folder.resolve("pw"), "abc");
        Files.writeString(file, "store: {type: redis, redis: {uri: 'redis://h', password: 'file:pw'}}");
        assertThat(Configuration.read(file).store().options()).containsEntry("password", "abc");
    }

    @Test
    void read_missingFile_saysWhereItLooked(@TempDir Path folder) {
        Path relative = Path.of("no-such-folder", "weir.yaml");
        assertThatThrownBy(() -> Configuration.read(relative))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("weir.yaml has a fault:\n  weir.yaml: there is no such file; looked for "
                        + relative.toAbsolutePath());
        assertThatThrownBy(() -> Configuration.read(folder))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void bytesThatAreNotUtf8_areRefused() {
        byte[] latin1 = "store: {namespace: k\u00e4se}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(refused("weir.yaml", latin1).faults())
                .containsExactly("weir.yaml: is not UTF-8; save it in that encoding");
    }

    @Test
    void fileOfMoreThanAMebibyte_isRefusedUnread() {
        assertThat(parse("# " + "x".repeat(MIB - 2).substring(12) + "\nrevision: 4")
                        .revision())
                .isEqualTo(4);
        byte[] tooLong = new byte[MIB + 1];
        assertThat(refused("weir.yaml", tooLong).faults())
                .singleElement()
                .asString()
                .contains("longer than 1 MiB");
        InputStream endless = new InputStream() {
            private int count;

            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] into, int from, int length) {
                count += length;
                assertThat(count).as("bytes read").isLessThanOrEqualTo(2 * MIB);
                return length;
            }
        };
        assertThatThrownBy(() -> Configuration.read("weir.yaml", endless)).hasMessageContaining("longer than 1 MiB");
    }

    @Test
    void deepFile_isRefusedWithOneFault() {
        int levels = 100_000;
        assertThat(refused("[".repeat(levels)).faults())
                .containsExactly("weir.yaml:1: the file is nested more than 50 levels deep");
        assertThat(refused("a: " + "{a: ".repeat(levels)).faults())
                .containsExactly("weir.yaml:1: the file is nested more than 50 levels deep");
        assertThat(refused("- ".repeat(levels)).faults())
                .containsExactly("weir.yaml:1: the file is nested more than 50 levels deep");
        String json = "{\"a\":".repeat(levels);
        assertThat(refused("weir.json", json.getBytes(StandardCharsets.UTF_8)).faults())
                .containsExactly("weir.json:1: the file is nested more than 50 levels deep");
    }

    @Test
    void depth_isBoundedAtFiftyLevelsBelowTheTop() {
        assertThat(refused("[".repeat(51) + "]".repeat(51)).faults())
                .containsExactly("weir.yaml:1: must be a mapping of keys to values but was a list");
        assertThat(refused("[".repeat(52) + "]".repeat(52)).faults())
                .containsExactly("weir.yaml:1: the file is nested more than 50 levels deep");
    }

    @Test
    void fileOfManyFaults_namesAHundred() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            text.append("key-").append(i).append(": x\n");
        }
        List<String> faults = refused(text.toString()).faults();
        assertThat(faults).hasSize(101);
        assertThat(faults.get(99)).startsWith("weir.yaml:100: key-99: unknown key");
        assertThat(faults.get(100)).isEqualTo("weir.yaml: and 49900 more");
    }

    @Test
    void message_isOneLineForEachFault_howeverLongTheKeyIs() {
        String key = "x".repeat(40_000);
        String json = "{\"" + key + "\": {\"a\": 1},\n\"store\": {\n\"b\\nweir.json:9: all is well\": 1,\n"
                + "\"namespace\": \"a\\u001b[31m\"}}";
        ConfigurationException thrown = refused("weir.json", json.getBytes(StandardCharsets.UTF_8));
        assertThat(thrown.faults())
                .hasSize(3)
                .allSatisfy(fault -> assertThat(fault).hasSizeLessThan(500).matches("[\\x20-\\x7e…]*"));
        assertThat(thrown.getMessage().lines()).hasSize(4);
    }

    @Test
    void manyRules_areRefused() {
        assertThat(refused("rules: [" + "{},".repeat(101) + "]").faults())
                .containsExactly("weir.yaml:1: rules: must be at most 100 but are 101");
    }
}
