// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.containers.app.HelloServlet;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whom the container authenticates is charged, as its page says, and nobody whom it does not. */
@Tag("containers")
class ContainerUsersTest {

    private static final String BASIC = "<security-constraint><web-resource-collection><web-resource-name>all"
            + "</web-resource-name><url-pattern>/hello</url-pattern></web-resource-collection><auth-constraint>"
            + "<role-name>user</role-name></auth-constraint></security-constraint>"
            + "<login-config><auth-method>BASIC</auth-method><realm-name>shop</realm-name></login-config>"
            + "<security-role><role-name>user</role-name></security-role>"
            + "<servlet><servlet-name>open</servlet-name><servlet-class>" + HelloServlet.class.getName()
            + "</servlet-class></servlet><servlet-mapping><servlet-name>open</servlet-name>"
            + "<url-pattern>/open</url-pattern></servlet-mapping>";

    @TempDir
    Path folder;

    private static HttpResponse<String> call(Running container, String path, String user, String password) {
        String credentials =
                Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return container.get("/shop" + path, "Authorization", "Basic " + credentials);
    }

    private static String numbers(HttpResponse<String> answer) {
        return answer.headers().firstValue("X-RateLimit-Remaining").orElse("none") + " of "
                + answer.headers().firstValue("X-RateLimit-Limit").orElse("none");
    }

    @ParameterizedTest
    @EnumSource
    void principalOfTheContainer_isCharged(Distribution distribution) throws Exception {
        WebApp shop = WebApp.named("shop")
                .withJar()
                .withConfiguration(Page.of(distribution.isTomcat() ? "tomcat" : "jetty")
                                .section("Who is calling")
                                .block("yaml")
                        + "rules: [{name: api, path: /**, per: identity, rate: requests}]\n")
                .describe(BASIC);
        Installation installation = distribution.install(folder).deploy(shop).knowUsers(shop);
        try (Running container = installation.start()) {
            HttpResponse<String> first = call(container, "/hello", "alice", "secret");
            assertThat(first.body()).isEqualTo("hello alice");
            assertThat(numbers(first)).isEqualTo("19 of 20");
            assertThat(numbers(call(container, "/hello", "alice", "secret"))).isEqualTo("18 of 20");
            assertThat(numbers(call(container, "/hello", "bob", "secret"))).isEqualTo("19 of 20");
            assertNobodyIsCharged(container);
            assertUnconstrained(container, distribution);
            assertThat(container.alarms()).isEmpty();
        }
    }

    private static void assertNobodyIsCharged(Running container) {
        for (int i = 0; i < 30; i++) {
            HttpResponse<String> wrong = call(container, "/hello", "alice", "guess" + i);
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(numbers(wrong)).as("no filter has seen it").isEqualTo("none of none");
        }
        assertThat(numbers(call(container, "/hello", "alice", "secret")))
                .as("what others have guessed costs her nothing")
                .isEqualTo("17 of 20");
    }

    /** Tomcat authenticates nobody where nothing asks for it; Jetty does when the filter asks who it is. */
    private static void assertUnconstrained(Running container, Distribution distribution) {
        HttpResponse<String> known = call(container, "/open", "alice", "secret");
        assertThat(known.body()).isEqualTo(distribution.isTomcat() ? "hello null" : "hello alice");
        assertThat(numbers(known)).isEqualTo(distribution.isTomcat() ? "9 of 10" : "16 of 20");
        HttpResponse<String> wrong = call(container, "/open", "alice", "wrong");
        assertThat(wrong.body()).isEqualTo("hello null");
        assertThat(numbers(wrong)).as("his address").isEqualTo(distribution.isTomcat() ? "8 of 10" : "9 of 10");
    }
}
