// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DemoTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

    private Demo demo;

    @BeforeEach
    void start() throws IOException {
        demo = Demo.start(RateLimiter.builder(Main.reference()).build(), 0);
    }

    @AfterEach
    void stop() {
        demo.close();
    }

    @Test
    void firstAnswerSaysWhereTheCallerStands() throws Exception {
        HttpResponse<String> answer = get("api/hello", "fred");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"hello\":\"fred\"}");
        assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
        assertThat(header(answer, "X-RateLimit-Limit")).isEqualTo("20");
        assertThat(header(answer, "X-RateLimit-Remaining")).isEqualTo("19");
        assertThat(header(answer, "X-RateLimit-Reset")).isEqualTo("3");
        assertThat(header(answer, "RateLimit-Policy")).isEqualTo("\"api\";q=20;w=60");
        assertThat(header(answer, "RateLimit")).isEqualTo("\"api\";r=19;t=3");
        assertThat(answer.headers().firstValue("Server")).isEmpty();
    }

    @Test
    void usedUpQuotaRefusesWithATimeToComeBack() throws Exception {
        HttpResponse<String> answer = get("api/hello", "fred");
        for (int i = 0; i < 30 && answer.statusCode() == 200; i++) {
            answer = get("api/hello", "fred");
        }

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(Long.parseLong(header(answer, "Retry-After"))).isBetween(1L, 3L);
        assertThat(header(answer, "Content-Type")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("#quota-exceeded", "\"violated-policies\":[\"api\"]");
    }

    @Test
    void usersOfOneTenantShareItsQuotaAndHaveTheirOwn() throws Exception {
        get("api/hello", "alice");
        HttpResponse<String> bob = get("api/hello", "bob");

        assertThat(header(bob, "RateLimit")).startsWith("\"api\";r=118;t=").contains("\"tenant-user\";r=19;t=1");
    }

    @Test
    void tenantsNumbersOfItsOwnCount() throws Exception {
        assertThat(header(get("api/hello", "gina"), "RateLimit-Policy")).startsWith("\"api\";q=100;w=60");
    }

    @Test
    void blockedCallerIsForbidden() throws Exception {
        HttpResponse<String> answer = get("api/hello", "mallory");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).doesNotContain("abuse");
    }

    @Test
    void unknownNameIsUnauthorized() throws Exception {
        HttpResponse<String> answer = get("api/hello", "zoe");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(header(answer, "WWW-Authenticate")).startsWith("Bearer");
    }

    @Test
    void callerWithoutHeaderIsAnonymous() throws Exception {
        HttpResponse<String> answer = get("api/hello", "");

        assertThat(answer.body()).isEqualTo("{\"hello\":\"stranger\"}");
        assertThat(header(answer, "X-RateLimit-Limit")).isEqualTo("10");
    }

    @Test
    void slowRequestIsInFlightUntilItEnds() throws Exception {
        CompletableFuture<HttpResponse<String>> slow =
                CLIENT.sendAsync(request("api/slow?ms=300", "eve").build(), BodyHandlers.ofString());

        assertThat(comesTrue(() -> demo.limiter().inFlight() == 1)).isTrue();
        assertThat(slow.join().body()).isEqualTo("{\"waitedMs\":300}");
        assertThat(comesTrue(() -> demo.limiter().inFlight() == 0)).isTrue();
    }

    @Test
    void slowRequestWithoutSenseIsRefused() throws Exception {
        for (String ms : new String[] {"-1", "30001", "soon", ""}) {
            assertThat(get("api/slow?ms=" + ms, "eve").statusCode()).as(ms).isEqualTo(400);
        }
        assertThat(comesTrue(() -> demo.limiter().inFlight() == 0)).isTrue();
    }

    @Test
    void sixthWrongPasswordHasToWait() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(login("wrong").statusCode()).isEqualTo(401);
        }
        HttpResponse<String> sixth = login("wrong");

        assertThat(sixth.statusCode()).isEqualTo(429);
        assertThat(Long.parseLong(header(sixth, "Retry-After"))).isBetween(1L, 14L);
        assertThat(sixth.body()).contains("\"violated-policies\":[\"failed-logins\"]");
    }

    @Test
    void rightPasswordCostsNoAttempt() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(login(LoginServlet.PASSWORD).statusCode()).isEqualTo(200);
        }
        HttpResponse<String> wrong = login("wrong");

        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(header(wrong, "RateLimit")).contains("\"failed-logins\";r=4");
    }

    @Test
    void pageAndStateAreNotLimited() throws Exception {
        for (int i = 0; i < 30; i++) {
            HttpResponse<String> state = get("demo/state", "");
            assertThat(state.statusCode()).isEqualTo(200);
            assertThat(state.headers().firstValue("X-RateLimit-Limit")).isEmpty();
        }
        assertThat(get("", "").statusCode()).isEqualTo(200);
        assertThat(get("demo/state", "").body())
                .contains("{\"policy\":\"api\",\"of\":\"127.0.0.1\",\"limit\":10,\"remaining\":10,");
    }

    @Test
    void stateTellsWhatIsLeft() throws Exception {
        get("api/hello", "fred");
        HttpResponse<String> state = get("demo/state", "");

        assertThat(header(state, "Content-Type")).isEqualTo("application/json");
        assertThat(state.body())
                .contains("{\"policy\":\"api\",\"of\":\"fred\",\"limit\":20,\"remaining\":19,\"resetMs\":")
                .contains(
                        "\"name\":\"mallory\",\"tenant\":\"\",\"tier\":\"free\",\"adjusted\":false,\"userTier\":\"free\","
                                + "\"blocked\":true,\"rates\":[]")
                .contains("\"policy\":\"failed-logins\",\"of\":\"127.0.0.1\",\"limit\":5,\"remaining\":5,");
    }

    /** The page's badges say what counts, also what was set while the demo runs. */
    @Test
    void stateTellsWhatWasSetAtRunTime() throws Exception {
        assertThat(get("demo/state", "").body())
                .contains("\"store\":\"memory\"")
                .contains("\"name\":\"platform\",\"tenant\":\"\",\"tier\":\"enterprise\",\"adjusted\":false,"
                        + "\"userTier\":\"enterprise\",\"blocked\":false,\"rates\":[{\"policy\":\"api\","
                        + "\"of\":\"platform\",\"limit\":500,");
        Profile tailored = Profile.ofTier("pro").withRate("requests", Quota.perMinute(7));
        demo.limiter().profiles().put(Identity.of(null, "fred"), tailored);
        demo.limiter().profiles().put(Identity.of("globex", null), Profile.ofTier("enterprise"));
        demo.limiter().profiles().put(Identity.of(null, "gus"), Profile.ofTier("pro"));
        assertThat(get("demo/state", "").body())
                .contains("\"name\":\"fred\",\"tenant\":\"\",\"tier\":\"pro\",\"adjusted\":true,\"userTier\":\"pro\",")
                .contains("\"name\":\"gina\",\"tenant\":\"globex\",\"tier\":\"enterprise\",")
                .containsPattern("\"name\":\"gus\",\"tenant\":\"globex\",\"tier\":\"enterprise\","
                        + "\"adjusted\":false,\"userTier\":\"pro\",");
    }

    @Test
    void pageLoadsNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = get("", "");

        assertThat(header(page, "Content-Type")).isEqualToIgnoringCase("text/html;charset=utf-8");
        assertThat(header(page, "Content-Security-Policy")).startsWith("default-src 'self';");
        assertThat(page.body()).doesNotContain("<script>", "<style", " style=", "onclick", "https://", "http://");
        assertThat(header(get("demo.css", ""), "Content-Type")).startsWith("text/css");
        assertThat(header(get("demo.js", ""), "Content-Type")).startsWith("text/javascript");
        assertThat(header(get("weir.svg", ""), "Content-Type")).isEqualTo("image/svg+xml");
        assertThat(get("nowhere", "").statusCode()).isEqualTo(404);
    }

    private HttpRequest.Builder request(String path, String caller) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(10));
        return caller.isEmpty() ? request : request.header("Authorization", "Bearer " + caller);
    }

    private URI uri(String path) {
        return demo.address().resolve(path);
    }

    private HttpResponse<String> get(String path, String caller) throws IOException, InterruptedException {
        return CLIENT.send(request(path, caller).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> login(String password) throws IOException, InterruptedException {
        HttpRequest post = request("login", "")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("user=alice&password=" + password))
                .build();
        return CLIENT.send(post, BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static boolean comesTrue(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean() && System.nanoTime() - start < PATIENCE_NANOS) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        return condition.getAsBoolean();
    }
}
