// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.testkit.ManualClock;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tomcat's own filter, and Weir's in its place, as docs/install/coming-from-tomcat.md has the two. */
class ComingFromTomcatTest {

    private static final Path PAGE = Path.of(System.getProperty("weir.root"), "docs/install/coming-from-tomcat.md");

    @TempDir
    Path folder;

    private String page = "";

    @BeforeEach
    void read() throws IOException {
        page = Files.readString(PAGE);
    }

    /** The first group of what the page has exactly once. */
    private String shown(String regex) {
        Matcher matcher =
                Pattern.compile(regex, Pattern.DOTALL | Pattern.MULTILINE).matcher(page);
        assertThat(matcher.find()).as(regex).isTrue();
        return matcher.group(1);
    }

    private String rules() {
        return shown("^```yaml\\n(.*?)^```$");
    }

    private Container start(WebApp app) throws Exception {
        return EmbeddedTomcat.start(
                app.servlet(
                        "/hello", (request, response) -> response.getWriter().print("hello")),
                folder);
    }

    private Container startTomcats(Map<String, String> params) throws Exception {
        Class<? extends Filter> type = org.apache.catalina.filters.RateLimitFilter.class;
        return start(new WebApp().describedFilter(type, params));
    }

    /** Sends requests until one is refused. */
    private static int admitted(Container container, int most) {
        for (int i = 0; i < most; i++) {
            if (Http.get(container, "/hello").status() == 429) {
                return i;
            }
        }
        return most;
    }

    @Test
    void rulesOfThePage_admitTheNumberOfTheTable() throws Exception {
        int requests = Integer.parseInt(shown("`bucketRequests` ([0-9]+), `bucketDuration` 60 \\|"));
        assertThat(shown("\\| `rate: ([0-9]+)/min`")).isEqualTo(Integer.toString(requests));
        ManualClock clock = new ManualClock();
        try (RateLimiter limiter = RateLimiter.builder(Configuration.parse("weir.yaml", rules()))
                        .time(clock)
                        .build();
                Container container = start(new WebApp().describedFilter(new RateLimitFilter(limiter)))) {
            assertThat(admitted(container, 2 * requests)).isEqualTo(requests);
            Answer refused = Http.get(container, "/hello");
            assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(refused.header("RateLimit-Policy")).contains("\"api\";q=" + requests + ";w=60");
            clock.advance(Duration.ofSeconds(refused.number("Retry-After")));
            assertThat(Http.get(container, "/hello").status())
                    .as("who has waited as long as he was told")
                    .isEqualTo(200);
        }
    }

    @Test
    void shadowOfTheTable_refusesNobody() throws Exception {
        String line = shown("\\| `enforce` false \\| `(mode: shadow)` \\|");
        try (RateLimiter limiter = Limiters.of(rules() + "    " + line + "\n");
                Container container = start(new WebApp().describedFilter(new RateLimitFilter(limiter)))) {
            assertThat(admitted(container, 302)).isEqualTo(302);
        }
    }

    /** With the parameters of the table Tomcat's filter starts, and answers as the page says. */
    @Test
    void tomcatsFilter_doesWhatThePageSays() throws Exception {
        Map<String, String> table = Map.of(
                "bucketRequests", "2",
                "bucketDuration", "60",
                "enforce", "true",
                "statusCode", shown("\\| `statusCode` ([0-9]+) \\|"),
                "policyName", "api",
                "exposeHeaders", "true");
        assertThat(table.keySet()).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
        try (Container container = startTomcats(table)) {
            assertThat(admitted(container, 20)).isBetween(2, 6);
            Answer refused = Http.get(container, "/hello");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("Content-Type")).as("an error page").startsWith("text/html");
            assertThat(refused.header("RateLimit-Policy")).startsWith("\"api");
        }
    }

    @Test
    void tomcatsCounter_changesTheNumbersAsThePageSays() throws Exception {
        int requests = Integer.parseInt(shown("([0-9]+) a minute become [0-9]+ in"));
        int become = Integer.parseInt(shown("[0-9]+ a minute become ([0-9]+) in"));
        int seconds = Integer.parseInt(shown("a minute become [0-9]+ in ([0-9]+)\\.5 s"));
        try (Container container = startTomcats(Map.of(
                "bucketRequests", Integer.toString(requests), "bucketDuration", "60", "exposeHeaders", "true"))) {
            Answer answer = Http.get(container, "/hello");
            assertThat(answer.header("RateLimit-Policy")).contains(";q=" + become + ";w=" + seconds);
        }
    }
}
