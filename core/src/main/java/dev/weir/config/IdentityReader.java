// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.config.Configuration.IdentitySettings;
import dev.weir.identity.ClientAddressResolver;
import dev.weir.identity.ConfiguredKeyResolver;
import dev.weir.identity.IdentitySource;
import dev.weir.identity.IpNetwork;
import dev.weir.key.Scope;
import java.util.ArrayList;
import java.util.List;

/** Reads the section {@code identity}. */
final class IdentityReader {

    private static final String HEADER_NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}";
    private static final int MIN_IPV6_PREFIX = 32;

    private IdentityReader() {}

    static IdentitySettings read(Section section, SourceReader sources) {
        try (section) {
            List<Scope> order = order(section);
            boolean usersGiven = section.has("user");
            var resolver = new ConfiguredKeyResolver(
                    sources.read(section, "tenant"),
                    usersGiven ? sources.read(section, "user") : List.of(IdentitySource.principal()));
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

    static String headerName(Section section, String key, String name) {
        if (!name.matches(HEADER_NAME)) {
            section.fault(key, Faults.quote(name) + " is not the name of a header");
        }
        return name;
    }
}
