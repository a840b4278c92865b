// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Configuration.AdmissionSettings;
import dev.weir.config.Configuration.AnomalySettings;
import dev.weir.config.Configuration.OverloadSettings;
import dev.weir.config.Configuration.ResponseSettings;
import dev.weir.identity.FakeRequest;
import dev.weir.identity.Identity;
import dev.weir.identity.IpAddress;
import dev.weir.identity.IpNetwork;
import dev.weir.key.Scope;
import dev.weir.plan.FailurePolicy;
import dev.weir.plan.Mode;
import dev.weir.plan.Per;
import dev.weir.plan.PortRange;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import dev.weir.plan.Tier;
import dev.weir.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The reference, {@code docs/weir.yaml}, means what it says. */
class ReferenceFileTest {

    static final Path FILE = Path.of(System.getProperty("weir.root", ".."), "docs", "weir.yaml");

    private final Configuration read = Configuration.read(FILE);

    @Test
    void head() {
        assertThat(read.source()).isEqualTo("weir.yaml");
        assertThat(read.revision()).isEqualTo(1);
        assertThat(read.store())
                .isEqualTo(new StoreSettings("memory", "shop", 1_000_000, Duration.ofMillis(25), Map.of()));
        assertThat(read.admission())
                .isEqualTo(new AdmissionSettings(Quota.perMinute(60).burst(10), Quota.perMinute(5)));
        assertThat(read.overload()).isEmpty();
        assertThat(read.anomalies())
                .isEqualTo(new AnomalySettings(
                        Optional.of(FILE.toAbsolutePath().resolveSibling("weir-anomalies.jsonl")), 10_000, true));
        assertThat(read.responses()).isEqualTo(new ResponseSettings(true, true, true));
    }

    @Test
    void identity() {
        var identity = read.identity();
        assertThat(identity.order()).containsExactly(Scope.TENANT, Scope.USER, Scope.IP);
        assertThat(identity.ipv6Prefix()).isEqualTo(64);
        FakeRequest request = FakeRequest.get("/").from("10.0.0.1").with("X-Forwarded-For", "6.6.6.6, 203.0.113.9");
        assertThat(identity.addresses().resolve(request)).isEqualTo(IpAddress.of("203.0.113.9"));
        assertThat(identity.resolver().resolve(request.user("carol"))).isEqualTo(Identity.of(null, "carol"));
        assertThat(identity.resolver().resolve(request.with("X-Tenant-Id", "acme")))
                .isEqualTo(Identity.of("acme", "carol"));
        assertThat(identity.resolver().resolve(request.tenant("globex")))
                .as("the attribute stands first")
                .isEqualTo(Identity.of("globex", "carol"));
        FakeRequest forged = FakeRequest.get("/").from("203.0.113.9").with("X-Tenant-Id", "acme");
        assertThat(identity.resolver().resolve(forged)).isEqualTo(Identity.unknown());
    }

    @Test
    void exemptions() {
        assertThat(read.exemptions()).hasSize(2);
        assertThat(read.exemptions().get(0).path()).hasToString("/health/**");
        assertThat(read.exemptions().get(0).from()).isEmpty();
        assertThat(read.exemptions().get(1).path()).hasToString("/internal/**");
        assertThat(read.exemptions().get(1).from()).containsExactly(IpNetwork.of("10.0.0.0/8"));
    }

    @Test
    void tiers_areTheBuiltInOnesWrittenOut() {
        Map<String, Tier> tiers = read.plans().tiers();
        assertThat(tiers.values()).containsExactlyInAnyOrderElementsOf(Tier.builtIn());
    }

    @Test
    void profiles() {
        var plans = read.plans();
        Profile globex = Profile.ofTier("basic").withRate("requests", Quota.perMinute(100));
        Profile gus = Profile.ofTier("pro").withPorts(List.of(new PortRange(8000, 8999)));
        assertThat(plans.standard()).isEqualTo(Profile.ofTier("free"));
        assertThat(plans.anonymous()).isEqualTo(Profile.ofTier("anonymous"));
        assertThat(plans.tenants()).isEqualTo(Map.of("acme", Profile.ofTier("pro"), "globex", globex));
        assertThat(plans.users())
                .isEqualTo(Map.of(
                        "eve",
                        Profile.ofTier("enterprise"),
                        "mallory",
                        Profile.ofTier("free").withBlock("Repeated abuse")));
        assertThat(plans.usersByTenant()).isEqualTo(Map.of("globex", Map.of("gus", gus)));
    }

    @Test
    void ruleApi() {
        Rule api = read.rules().get(0);
        assertThat(api.name()).isEqualTo("api");
        assertThat(api.path()).hasToString("/**");
        assertThat(api.methods()).isEmpty();
        assertThat(api.per()).isEqualTo(Per.IDENTITY);
        assertThat(api.within()).isNull();
        assertThat(api.rateName()).contains("requests");
        assertThat(api.quotas()).isEmpty();
        assertThat(api.concurrentName()).contains("requests");
        assertThat(api.concurrent()).isZero();
        assertThat(api.onFailure()).isEqualTo(FailurePolicy.LOCAL);
    }

    @Test
    void ruleTenantUser() {
        Rule rule = read.rules().get(1);
        assertThat(rule.name()).isEqualTo("tenant-user");
        assertThat(rule.per()).isEqualTo(Per.USER);
        assertThat(rule.within()).isEqualTo(Per.TENANT);
        assertThat(rule.quotas()).contains(List.of(Quota.perMinute(60).burst(20)));
        assertThat(rule.rateName()).isEmpty();
        assertThat(rule.concurrentName()).isEmpty();
    }

    @Test
    void ruleFailedLogins() {
        Rule rule = read.rules().get(2);
        assertThat(read.rules()).hasSize(3);
        assertThat(rule.name()).isEqualTo("failed-logins");
        assertThat(rule.path()).hasToString("/login");
        assertThat(rule.methods()).containsExactly("POST");
        assertThat(rule.per()).isEqualTo(Per.IP);
        assertThat(rule.quotas()).contains(List.of(Quota.perMinute(5)));
        assertThat(rule.count()).containsExactly(401);
        assertThat(rule.cost()).isEqualTo(1);
        assertThat(rule.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(rule.neverShed()).isFalse();
        assertThat(rule.onFailure()).isEqualTo(FailurePolicy.CLOSED);
    }

    @Test
    void sectionsThatAreCommentedOut_areReadToo() throws IOException {
        String text = Files.readString(FILE)
                .replace("  # redis:", "  redis:")
                .replace("  #   ", "    ")
                .replace("type: memory ", "type: redis ")
                .replace("# overload:", "overload:")
                .replace("#   cpu", "  cpu")
                .replace("#   memory", "  memory")
                .replace("#   interval", "  interval");
        Map<String, String> environment = Map.of("REDIS_PASSWORD", "p", "WEIR_SECRET", "s");
        Configuration full = Configuration.parse("weir.yaml", text, new Secrets(environment::get, null));
        assertThat(full.store())
                .isEqualTo(new StoreSettings(
                        "redis",
                        "shop",
                        1_000_000,
                        Duration.ofMillis(25),
                        Map.of(
                                "uri", "redis://localhost:6379",
                                "password", "p",
                                "secret", "s",
                                "instances", "3",
                                "strategy", "script")));
        assertThat(full.overload()).contains(new OverloadSettings(80, 85, Duration.ofSeconds(5)));
        assertThat(full.rules()).hasSize(3);
    }
}
