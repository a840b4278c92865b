// SPDX-License-Identifier: Apache-2.0
package dev.weir.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.RateLimiter;
import dev.weir.spring.WeirAutoConfiguration;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who writes what docs/install/spring-boot.md says, and the page for those who come from another starter, has limits. */
class SpringBootPageTest {

    private static final Path ROOT = Path.of(System.getProperty("weir.root"));
    private static final String CAROL = Shop.basic("carol", "right");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    Path folder;

    private static String page(String name) throws IOException {
        return Files.readString(ROOT.resolve("docs/install/" + name + ".md"));
    }

    /** The first block in a language below a heading. */
    private static String block(String page, String heading, String language) {
        int section = page.indexOf("\n" + heading);
        assertThat(section).as(heading).isNotNegative();
        Matcher matcher = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(page.substring(section));
        assertThat(matcher.find()).as(heading).isTrue();
        return matcher.group(1);
    }

    private String applicationYml(String... blocks) throws IOException {
        Path file = Files.writeString(folder.resolve("application.yml"), String.join("\n---\n", blocks));
        return "spring.config.location: " + file.toUri();
    }

    private static String limit(HttpResponse<String> answer) {
        return answer.headers().firstValue("X-RateLimit-Limit").orElse("none");
    }

    private static String value(String xml, String tag) {
        Matcher matcher = Pattern.compile("<" + tag + ">([^<]*)</" + tag + ">").matcher(xml);
        assertThat(matcher.find()).as(tag).isTrue();
        return matcher.group(1);
    }

    /** The dependency of the page is this module, and it brings all that the page needs. */
    @Test
    void dependency_isWhatIsTestedHere() throws Exception {
        String dependency = block(page("spring-boot"), "## From nothing to a limit", "xml");
        String parent = Files.readString(ROOT.resolve("pom.xml"));
        String module = Files.readString(ROOT.resolve("spring-boot/pom.xml"));
        assertThat(value(dependency, "groupId")).isEqualTo(value(module, "groupId"));
        assertThat(value(dependency, "version")).isEqualTo(value(parent, "version"));
        assertThat(module.substring(module.indexOf("</parent>")))
                .contains("<artifactId>" + value(dependency, "artifactId") + "</artifactId>");
        Path place = Path.of(WeirAutoConfiguration.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assertThat(place).startsWith(ROOT.resolve("spring-boot/target"));
    }

    @Test
    void keysInApplicationYml_limit() throws Exception {
        String keys = applicationYml(block(page("spring-boot"), "## From nothing to a limit", "yaml"));
        try (Shop shop = Shop.start(keys)) {
            HttpResponse<String> carol = shop.send("GET", "/", CAROL);
            assertThat(carol.statusCode()).isEqualTo(200);
            assertThat(carol.headers().firstValue("RateLimit").orElseThrow())
                    .contains("\"guesses\";r=5", "\"api\";r=119");
            HttpResponse<String> other = shop.send("GET", "/", Shop.basic("victim", "right"));
            assertThat(other.headers().firstValue("RateLimit").orElseThrow()).contains("\"api\";r=19");
            for (int i = 0; i < 5; i++) {
                assertThat(shop.send("GET", "/", Shop.basic("carol", "wrong")).statusCode())
                        .isEqualTo(401);
            }
            HttpResponse<String> refused = shop.send("GET", "/", Shop.basic("carol", "wrong"));
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body()).contains("[\"guesses\"]");
        }
    }

    /** Spring's own tokens, through a resource server, and a source of profiles that is a bean. */
    @Test
    void claimsAndBeans_areWhatThePageSays() throws Exception {
        String page = page("spring-boot");
        String bean = block(page, "## Your own beans", "java").replaceAll("\\s+", "");
        assertThat(Files.readString(ROOT.resolve("boot3-tests/src/test/java/dev/weir/boot/PageSnippets.java"))
                        .replaceAll("\\s+", ""))
                .contains(bean);
        String[] properties = {
            applicationYml(block(page, "## Who is calling", "yaml")),
            "weir.rules[0].name: api",
            "weir.rules[0].per: tenant",
            "weir.rules[0].rate: requests"
        };
        try (Shop shop = Shop.start(List.of(PageSnippets.class), properties)) {
            long start = System.nanoTime();
            HttpResponse<String> answer;
            do { // the first ones may come before the source has answered
                answer = shop.send("GET", "/token/", "Authorization: Bearer acme.alice");
            } while (!limit(answer).equals("500") && System.nanoTime() - start < PATIENCE_NANOS);
            assertThat(answer.body()).isEqualTo("hello alice");
            assertThat(limit(answer)).isEqualTo("500");
            long left =
                    answer.headers().firstValueAsLong("X-RateLimit-Remaining").orElseThrow();
            HttpResponse<String> colleague = shop.send("GET", "/token/", "Authorization: Bearer acme.bob");
            assertThat(colleague
                            .headers()
                            .firstValueAsLong("X-RateLimit-Remaining")
                            .orElseThrow())
                    .as("one tenant")
                    .isCloseTo(left - 1, within(20L));
            HttpResponse<String> stranger = shop.send("GET", "/token/", "Authorization: Bearer globex.gina");
            assertThat(limit(stranger)).isEqualTo("20");
        }
    }

    @Test
    void lettuce_isTheOneThatSpringBootNames() {
        assertThat(RedisClient.class.getPackage().getImplementationVersion())
                .as("no newer one has to be named, as docs/install/spring-boot.md says")
                .startsWith("6.");
    }

    @Test
    void rulesOfAnotherStarter_becomeTheseRules() throws Exception {
        String page = page("coming-from-bucket4j-spring-boot-starter");
        String rules = block(page, "| `metrics` | a `RateLimitListener` |", "yaml");
        Path file = Files.writeString(folder.resolve("weir.yaml"), rules);
        String named = block(page, "Take the starter out", "yaml");
        assertThat(named).contains("config: classpath:weir.yaml");
        String keys = applicationYml(named.replace("classpath:weir.yaml", file.toString()));
        try (Shop shop = Shop.start(keys)) {
            HttpResponse<String> answer = shop.send("GET", "/api/x", CAROL);
            assertThat(answer.headers().firstValue("RateLimit-Policy").orElseThrow())
                    .contains(";q=20;w=60", ";q=100;w=3600");
            for (int i = 0; i < 5; i++) {
                assertThat(shop.send("POST", "/login", Shop.basic("carol", "wrong"))
                                .statusCode())
                        .isEqualTo(401);
            }
            assertThat(shop.send("POST", "/login", Shop.basic("carol", "wrong")).statusCode())
                    .isEqualTo(429);
            assertThat(shop.bean(RateLimiter.class).inFlight()).isZero();
        }
    }
}
