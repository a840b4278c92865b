// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.config.Configuration.AdmissionSettings;
import dev.weir.config.Configuration.AnomalySettings;
import dev.weir.config.Configuration.OverloadSettings;
import dev.weir.config.Configuration.ResponseSettings;
import dev.weir.identity.IpNetwork;
import dev.weir.plan.Exemption;
import dev.weir.plan.PathGlob;
import dev.weir.plan.Plans;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a whole file: hands each section to its reader, then lets all faults out at once. */
final class ConfigurationReader {

    private static final long MAX_REVISION = Integer.MAX_VALUE;
    private static final String X_RATELIMIT = "x-ratelimit";
    private static final String IETF = "ietf";
    private static final String ANOMALY_FILE = "weir-anomalies.jsonl";
    private static final String NONE = "none";

    private ConfigurationReader() {}

    static Configuration read(String source, String text, Secrets secrets) {
        Faults faults = new Faults(source);
        Node root = NodeReader.read(source, text, faults);
        if (root == null) {
            faults.throwIfAny();
            throw new IllegalStateException("a file that does not parse must have a fault");
        }
        Configuration configuration = read(source, Section.of(root, "", faults), secrets);
        faults.throwIfAny();
        if (configuration == null) {
            throw new IllegalStateException("a configuration without faults must be complete");
        }
        return configuration;
    }

    private static @Nullable Configuration read(String source, Section root, Secrets secrets) {
        try (root) {
            long revision = root.integer("revision", 0, MAX_REVISION, 0);
            StoreReader.Result store = StoreReader.read(root.section("store"), secrets);
            var identity = IdentityReader.read(root.section("identity"));
            List<Exemption> exemptions = exemptions(root);
            PlanReader planReader = new PlanReader(root.section("tiers"), root.section("profiles"));
            int before = root.faults().count();
            List<Rule> rules = RuleReader.read(root, store.onFailure());
            Plans plans = planReader.read(rules, root.faults().count() == before);
            return new Configuration(
                    source,
                    revision,
                    store.settings(),
                    store.onFailure(),
                    identity,
                    exemptions,
                    plans,
                    rules,
                    admission(root.section("admission")),
                    overload(root),
                    anomalies(root, secrets),
                    responses(root.section("responses")));
        }
    }

    private static List<Exemption> exemptions(Section root) {
        List<Exemption> exemptions = new ArrayList<>();
        List<Node> elements = root.list("exempt", false);
        for (int i = 0; i < elements.size(); i++) {
            try (Section section = Section.of(elements.get(i), "exempt[" + i + "]", root.faults())) {
                String path = section.text("path");
                List<IpNetwork> from = section.texts("from", IpNetwork::of);
                if (section.isEmptyList("from")) {
                    section.fault("from", "must list at least one address or block; leave it out to exempt everybody");
                }
                if (!section.has("path")) {
                    section.fault("path", "is missing; write /** to exempt every path");
                } else if (path != null) {
                    section.check("path", () -> exemptions.add(new Exemption(PathGlob.of(path), from)));
                }
            }
        }
        return exemptions;
    }

    private static AdmissionSettings admission(Section section) {
        try (section) {
            Quota startRate =
                    QuotaReader.one(section, "start-rate", Quota.perMinute(60).burst(10));
            Quota rapidRestart = QuotaReader.one(section, "rapid-restart", Quota.perMinute(5));
            return new AdmissionSettings(startRate, rapidRestart);
        }
    }

    private static Optional<OverloadSettings> overload(Section root) {
        if (!root.has("overload")) {
            return Optional.empty();
        }
        try (Section section = root.section("overload")) {
            return Optional.of(new OverloadSettings(
                    section.percent("cpu", 80),
                    section.percent("memory", 85),
                    section.duration(
                            "interval", Duration.ofMillis(100), Duration.ofSeconds(3600), Duration.ofSeconds(5))));
        }
    }

    private enum Identities {
        RAW,
        DIGEST
    }

    /** Without the section there is no file: nobody has said where there may be one. */
    private static AnomalySettings anomalies(Section root, Secrets secrets) {
        boolean given = root.has("anomalies");
        try (Section section = root.section("anomalies")) {
            String file = section.text("file", given ? ANOMALY_FILE : NONE);
            if (file.isBlank()) {
                section.fault("file", "must name a file, or be " + NONE);
            }
            Path path = file.isBlank() || file.equals(NONE) ? null : section.attempt("file", () -> secrets.path(file));
            return new AnomalySettings(
                    Optional.ofNullable(path),
                    (int) section.integer("remember", 0, 1_000_000, 10_000),
                    section.choice("identities", Identities.class, Identities.RAW) == Identities.RAW);
        }
    }

    private static ResponseSettings responses(Section section) {
        try (section) {
            boolean given = section.has("headers");
            List<String> headers = section.texts("headers");
            for (String header : headers) {
                if (!header.equals(X_RATELIMIT) && !header.equals(IETF)) {
                    section.fault(
                            "headers", "must list x-ratelimit, ietf, both or none but lists " + Faults.quote(header));
                }
            }
            return new ResponseSettings(
                    !given || headers.contains(X_RATELIMIT),
                    !given || headers.contains(IETF),
                    section.bool("problem-json", true));
        }
    }
}
