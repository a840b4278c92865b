// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.plan.Quota;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Random files: read, or refused with faults that fit a screen, never anything else. */
class ConfigurationRobustnessTest {

    private static final int CASES = 3_000;
    private static final List<String> NUMBERS = List.of(
            "0",
            "-1",
            "-0",
            "+1",
            "1",
            "00",
            "1000000000000",
            "1000000000001",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "99999999999999999999999999",
            "2147483647",
            "2147483648",
            "4294967296",
            "1e3",
            "1_000",
            "0x10",
            "0o7",
            "010",
            ".5",
            "1.0",
            ".inf",
            ".nan",
            "1:30",
            "\uff11",
            "\u0661",
            " 1",
            "1 ",
            "999999999999999999",
            "1000000000000000000");

    private SplittableRandom random;
    private long seed;

    @BeforeEach
    void seed() {
        seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("ConfigurationRobustnessTest: -Dweir.seed=" + seed);
        random = new SplittableRandom(seed);
    }

    @Test
    void mutatedFile_isReadOrRefused() throws Exception {
        Path docs = Path.of(System.getProperty("weir.root"), "docs", "weir.yaml");
        String good = Files.readString(docs);
        int refused = 0;
        for (int i = 0; i < CASES; i++) {
            String text = mutated(good);
            refused += ConfigurationProperties.check("weir." + (i % 8 == 0 ? "json" : "yaml"), text) ? 0 : 1;
        }
        assertThat(refused).as("seed %d", seed).isBetween(CASES / 4, CASES - 1);
    }

    @Test
    void randomBytes_areReadOrRefused() {
        for (int i = 0; i < CASES; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            ConfigurationProperties.check("weir.yaml", new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /** What is read is in range, and is what was written: no number wraps, none is cut off. */
    @Test
    void oddNumber_isTakenAsItStandsOrRefused() {
        int read = 0;
        for (String number : NUMBERS) {
            for (String unit : List.of("s", "min", "hour", "day")) {
                for (String text : List.of(
                        number + "/" + unit,
                        "7/" + number + unit,
                        "7/" + unit + " burst " + number,
                        number + "/" + number + unit + " burst " + number,
                        number + "/" + unit + " rolling")) {
                    read += checkQuota(text) ? 1 : 0;
                }
            }
        }
        assertThat(read).as("quotas that are right").isBetween(30, 200);
    }

    @Test
    void randomQuota_isTakenAsItStandsOrRefused() {
        List<String> words = List.of("/", "s", "min", "hour", "day", " burst ", " rolling", " ", "-", "", "1", "0");
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder(number()).append('/');
            for (int n = random.nextInt(4); n >= 0; n--) {
                text.append(random.nextInt(3) == 0 ? number() : words.get(random.nextInt(words.size())));
            }
            checkQuota(text.toString());
        }
    }

    private static boolean checkQuota(String text) {
        Quota quota;
        try {
            quota = Quota.parse(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
        String written = text.replaceFirst("/0*([0-9]*)", "/$1").replaceFirst("^0+", "");
        long amount = Long.parseLong(text.substring(0, text.indexOf('/')));
        assertThat(quota.amount()).as(text).isEqualTo(amount).isBetween(1L, Quota.MAX);
        assertThat(quota.capacity()).as(text).isBetween(1L, Quota.MAX);
        assertThat(quota.period()).as(text).isBetween(Duration.ofSeconds(1), Duration.ofDays(31));
        if (text.contains("burst")) {
            assertThat(quota.capacity()).as(text).isEqualTo(Long.parseLong(text.substring(text.lastIndexOf(' ') + 1)));
        }
        assertThat(Quota.parse(quota.toString())).as(written).isEqualTo(quota);
        return true;
    }

    /** Every place of a number, with every odd number in it: only what stands there in plain digits is taken. */
    @Test
    void oddNumber_inEveryPlace_isTakenOnlyInRange() {
        List<String> places = List.of(
                "revision: %s",
                "store: {max-keys: %s}",
                "identity: {ip: {ipv6-prefix: %s}}",
                "anomalies: {remember: %s}",
                "rules: [{name: a, rate: 2000000000/day, cost: %s}]",
                "rules: [{name: a, concurrent: %s}]",
                "rules: [{name: a, rate: 1/s, count: [%s]}]",
                "tiers: {a: {priority: %s}}",
                "tiers: {a: {concurrent: {services: %s}}}",
                "tiers: {a: {grants: {memory-mb: %s}}}",
                "profiles: {users: {u: {ports: ['%s']}}}",
                "profiles: {users: {u: {ports: ['1-%s']}}}",
                "overload: {cpu: %s%%}",
                "overload: {interval: %ss}",
                "store: {redis: {uri: 'redis://h', instances: %s}}",
                "store: {redis: {uri: 'redis://h', deadline: %sms}}");
        for (String place : places) {
            for (String number : NUMBERS) {
                String text = String.format(place, "\"" + number + "\"")
                        .replace("\"%\"", "%")
                        .replaceAll("\"([^\"]*)\"(%|s|ms)", "\"$1$2\"")
                        .replaceAll("'([^'\"]*)\"([^\"]*)\"'", "\"$1$2\"");
                boolean read = ConfigurationProperties.check("weir.yaml", text);
                boolean plain = number.matches("-?[0-9]{1,12}");
                assertThat(!read || plain).as("%s was read", text).isTrue();
            }
        }
    }

    private String number() {
        return random.nextInt(3) == 0
                ? NUMBERS.get(random.nextInt(NUMBERS.size()))
                : Long.toString(random.nextLong() >>> random.nextInt(64));
    }

    private String mutated(String good) {
        StringBuilder text = new StringBuilder(good);
        List<String> words = List.of(
                "\n", " ", ":", "- ", "[", "]", "{", "}", "\"", "'", "&a ", "*a", "!!int ", "#", "\t", "\0", "|", ">",
                "?", ",", "~", "\u2028", "\ud800", "%", "---\n", "...\n", "<<: ");
        for (int n = random.nextInt(4); n >= 0; n--) {
            int at = random.nextInt(text.length());
            int to = Math.min(text.length(), at + random.nextInt(30));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, to);
                case 1 -> text.insert(at, words.get(random.nextInt(words.size())));
                case 2 -> text.insert(at, text.substring(at, to));
                case 3 -> text.replace(at, to, number());
                default -> text.setCharAt(at, (char) random.nextInt(0x3000));
            }
        }
        return text.toString();
    }
}
