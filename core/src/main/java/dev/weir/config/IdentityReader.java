// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.config.Configuration.IdentitySettings;
import dev.weir.config.Node.TextNode;
import dev.weir.identity.ClientAddressResolver;
import dev.weir.identity.ConfiguredKeyResolver;
import dev.weir.identity.IdentitySource;
import dev.weir.identity.IpNetwork;
import dev.weir.key.Scope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code identity}. */
final class IdentityReader {

    private static final String PRINCIPAL = "principal";
    private static final String HEADER_NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}";
    private static final int MIN_IPV6_PREFIX = 32;

    private IdentityReader() {}

    static IdentitySettings read(Section section) {
        try (section) {
            List<Scope> order = order(section);
            boolean usersGiven = section.has("user");
            var resolver = new ConfiguredKeyResolver(
                    sources(section, "tenant"),
                    usersGiven ? sources(section, "user") : List.of(IdentitySource.principal()));
            try (Section ip = section.section("ip")) {
                List<IpNetwork> proxies = ip.texts("trusted-proxies", IpNetwork::of);
                String header = headerName(ip, "forwarded-header", ip.text("forwarded-header", "X-Forwarded-For"));
                int prefix = (int) ip.integer("ipv6-prefix", MIN_IPV6_PREFIX, 128, 64);
                return new IdentitySettings(order, resolver, new ClientAddressResolver(proxies, header), prefix);
            }
        }
    }

    private static List<Scope> order(Section section) {
        if (!section.has("order")) {
            return List.of(Scope.TENANT, Scope.USER, Scope.IP);
        }
        List<Scope> order = new ArrayList<>();
        for (String word : section.texts("order")) {
            Scope scope = Choices.find(Scope.class, word);
            if (scope == null || scope == Scope.EVERYONE) {
                section.fault("order", "must list tenant, user and ip but lists " + Faults.quote(word));
            } else if (order.contains(scope)) {
                section.fault("order", "lists " + word + " twice");
            } else {
                order.add(scope);
            }
        }
        if (!order.contains(Scope.IP)) {
            section.fault("order", "must list ip too, or a caller without tenant and user would not be counted");
        }
        return order;
    }

    private static List<IdentitySource> sources(Section section, String part) {
        List<IdentitySource> sources = new ArrayList<>();
        List<Node> elements = section.list(part, false);
        for (int i = 0; i < elements.size(); i++) {
            String path = section.path(part) + "[" + i + "]";
            IdentitySource source = source(elements.get(i), path, section.faults());
            if (source != null) {
                sources.add(source);
            }
        }
        return sources;
    }

    private static @Nullable IdentitySource source(Node node, String path, Faults faults) {
        if (node instanceof TextNode text) {
            if (text.text().equals(PRINCIPAL) && !text.isNull()) {
                return IdentitySource.principal();
            }
            faults.add(
                    node.line(),
                    path,
                    "must be principal, attribute: NAME or header: NAME with trusted-peers but was " + node.describe());
            return null;
        }
        try (Section section = Section.of(node, path, faults)) {
            String attribute = section.text("attribute");
            String header = section.text("header");
            List<IpNetwork> peers = section.texts("trusted-peers", IpNetwork::of);
            if (section.has("attribute") == section.has("header")) {
                section.fault("must have either attribute or header");
            }
            if ((attribute == null) == (header == null)) {
                return null;
            }
            if (attribute != null) {
                if (section.has("trusted-peers")) {
                    section.fault("trusted-peers", "belongs to a header; an attribute is set by your own code");
                }
                if (attribute.isBlank() || attribute.chars().anyMatch(Character::isISOControl)) {
                    section.fault("attribute", Faults.quote(attribute) + " is not the name of an attribute");
                }
                return IdentitySource.attribute(attribute);
            }
            if (section.has("trusted-peers") && !section.isEmptyList("trusted-peers") && peers.isEmpty()) {
                return null;
            }
            if (peers.isEmpty()) {
                section.fault(
                        "header",
                        "must have trusted-peers, such as [10.0.0.0/8]: without them any client could send "
                                + Faults.quote(String.valueOf(header)) + " and be anybody");
                return null;
            }
            return IdentitySource.header(headerName(section, "header", String.valueOf(header)), peers);
        }
    }

    private static String headerName(Section section, String key, String name) {
        if (!name.matches(HEADER_NAME)) {
            section.fault(key, Faults.quote(name) + " is not the name of a header");
        }
        return name;
    }
}
