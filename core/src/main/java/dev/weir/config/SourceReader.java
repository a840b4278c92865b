// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.config.Node.TextNode;
import dev.weir.identity.IdentitySource;
import dev.weir.identity.IpNetwork;
import dev.weir.plan.Mode;
import dev.weir.plan.Per;
import dev.weir.plan.Plans;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads where tenants and users are looked for, and refuses places in which anybody could be anybody. */
final class SourceReader {

    private static final String PRINCIPAL = "principal";
    private static final String ATTRIBUTE = "attribute";
    private static final String HEADER = "header";
    private static final String CLAIM = "claim";
    private static final String SESSION = "session";
    private static final String API_KEY = "api-key";
    private static final String HOST = "host";
    private static final String PATH = "path";
    private static final List<String> KINDS = List.of(ATTRIBUTE, HEADER, CLAIM, SESSION, API_KEY, HOST, PATH);
    private static final Set<String> ASSERTED = Set.of(API_KEY, HOST, PATH);
    private static final String PEERS = "trusted-peers";
    private static final String ALLOWED = "allowed";
    private static final Pattern KEY_DIGEST = Pattern.compile("key-[0-9a-f]{64}");

    /** Whether a client can choose the name that a source finds. */
    private enum Trust {
        VERIFIED,
        ASSERTED
    }

    /** A source that nothing bounds yet. */
    private record Unbounded(Section section, String kind) {}

    private final Faults faults;
    private final List<Unbounded> unbounded = new ArrayList<>();

    SourceReader(Faults faults) {
        this.faults = faults;
    }

    List<IdentitySource> read(Section section, String part) {
        List<IdentitySource> sources = new ArrayList<>();
        List<Node> elements = section.list(part, false);
        for (int i = 0; i < elements.size(); i++) {
            String path = section.path(part) + "[" + i + "]";
            IdentitySource source = source(elements.get(i), path, part);
            if (source != null) {
                sources.add(source);
            }
        }
        return sources;
    }

    private @Nullable IdentitySource source(Node node, String path, String part) {
        if (node instanceof TextNode text) {
            if (text.text().equals(PRINCIPAL) && !text.isNull()) {
                return IdentitySource.principal();
            }
            faults.add(
                    node.line(),
                    path,
                    "must be principal, or one of " + String.join(", ", KINDS) + " with a value, but was "
                            + node.describe());
            return null;
        }
        try (Section section = Section.of(node, path, faults)) {
            List<String> kinds = KINDS.stream().filter(section::has).toList();
            List<String> names = section.texts(ALLOWED);
            Trust trust = section.has("trust") ? section.choice("trust", Trust.class, Trust.VERIFIED) : null;
            List<IpNetwork> peers = section.texts(PEERS, IpNetwork::of);
            if (kinds.size() != 1) {
                section.fault("must have exactly one of " + String.join(", ", KINDS));
                return null;
            }
            String kind = kinds.get(0);
            if (section.has(PEERS) && !kind.equals(HEADER)) {
                section.fault(PEERS, "belongs to a header; " + kind + " has none");
            }
            boolean asserted = trust == null ? ASSERTED.contains(kind) : trust == Trust.ASSERTED;
            if (asserted && !section.has(ALLOWED)) {
                unbounded.add(new Unbounded(section, kind));
            }
            IdentitySource source = kind.equals(HEADER) ? header(section, peers) : unlisted(section, kind, part);
            return source == null || !section.has(ALLOWED) ? source : listed(section, kind, source, names);
        }
    }

    private static @Nullable IdentitySource listed(
            Section section, String kind, IdentitySource source, List<String> names) {
        if (section.isEmptyList(ALLOWED)) {
            section.fault(ALLOWED, "must list at least one name; leave it out to allow all");
        }
        for (String name : names) {
            if (kind.equals(API_KEY) && !KEY_DIGEST.matcher(name).matches()) {
                section.fault(
                        ALLOWED,
                        "must list digests of API keys, each as key- and the 64 digits that printf %s \"$KEY\" | sha256sum"
                                + " prints, never the keys themselves");
                return null;
            }
        }
        return source.only(Set.copyOf(names));
    }

    private static @Nullable IdentitySource header(Section section, List<IpNetwork> peers) {
        String header = section.text(HEADER);
        if (header == null || (section.has(PEERS) && !section.isEmptyList(PEERS) && peers.isEmpty())) {
            return null;
        }
        if (peers.isEmpty()) {
            section.fault(
                    HEADER,
                    "must have trusted-peers, such as [10.0.0.0/8]: without them any client could send "
                            + Faults.quote(header) + " and be anybody (WEIR-006)");
            return null;
        }
        return IdentitySource.header(IdentityReader.headerName(section, HEADER, header), peers);
    }

    private static @Nullable IdentitySource unlisted(Section section, String kind, String part) {
        if (kind.equals(HOST)) {
            return host(section);
        }
        String value = section.text(kind);
        if (value == null) {
            return null;
        }
        return switch (kind) {
            case API_KEY -> IdentitySource.apiKey(IdentityReader.headerName(section, kind, value));
            case PATH -> section.attempt(kind, () -> IdentitySource.path(value, part));
            case CLAIM -> named(section, kind, value, "a claim", IdentitySource::claim);
            case SESSION -> named(section, kind, value, "an attribute", IdentitySource::session);
            default -> named(section, kind, value, "an attribute", IdentitySource::attribute);
        };
    }

    private static IdentitySource named(
            Section section, String kind, String value, String what, Function<String, IdentitySource> source) {
        if (value.isBlank() || value.length() > 200 || value.chars().anyMatch(Character::isISOControl)) {
            section.fault(kind, Faults.quote(value) + " is not the name of " + what);
        }
        return source.apply(value);
    }

    /** One suffix, or a list of them. */
    private static @Nullable IdentitySource host(Section section) {
        List<String> suffixes = new ArrayList<>();
        for (Node element : section.list(HOST, true)) {
            if (element instanceof TextNode text && !text.isNull()) {
                suffixes.add(text.text());
            } else {
                section.fault(HOST, "must hold names of hosts but holds " + element.describe());
                return null;
            }
        }
        return section.attempt(HOST, () -> IdentitySource.host(suffixes));
    }

    /**
     * Refuses places in which anybody can write any name, unless what one address can spend is bounded.
     *
     * @param rules all rules, read without a fault
     */
    void check(List<Rule> rules, Plans plans) {
        if (rules.stream().anyMatch(rule -> boundsEveryAddress(rule, plans))) {
            return;
        }
        for (Unbounded source : unbounded) {
            source.section()
                    .fault(
                            source.kind(),
                            "is asserted by the client, who could take a new name for every request or spend what another"
                                    + " has: list the names with allowed: [a, b], or add a rule per: ip with a rate for path:"
                                    + " /**, or write trust: verified if something in front has checked it (WEIR-008)");
        }
    }

    private static boolean boundsEveryAddress(Rule rule, Plans plans) {
        List<Quota> quotas = rule.rateName()
                .map(name -> plans.tier(plans.anonymous()).rates().getOrDefault(name, List.of()))
                .or(rule::quotas)
                .orElse(List.of());
        boolean every = rule.path().toString().equals("/**")
                && rule.methods().isEmpty()
                && rule.count().isEmpty();
        return rule.per() == Per.IP
                && rule.within() == null
                && rule.mode() == Mode.ENFORCE
                && every
                && !quotas.isEmpty();
    }
}
