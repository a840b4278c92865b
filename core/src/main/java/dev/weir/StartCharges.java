// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.identity.IpAddress;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.ItemTemplate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes what a start asks of the store. Thread-safe. */
final class StartCharges {

    private final int firstRule;
    private final int ipv6Prefix;

    StartCharges(Configuration configuration) {
        this.firstRule = ChargePlanner.withCatchAll(configuration).size();
        this.ipv6Prefix = configuration.identity().ipv6Prefix();
    }

    StartCharge of(Identity who, RatedProfile rated, String service) {
        List<List<ItemTemplate>> templates =
                rated.templates().subList(firstRule, rated.templates().size());
        return new StartCharge(templates, within(who), per(who), id(service));
    }

    /** The name of the leases of a caller's services. */
    ItemKey services(Identity who) {
        return new ItemKey(ItemKind.LEASE, AdmissionRules.SERVICES, within(who), per(who));
    }

    /** A long id counts by its digest, as a long name does. */
    static String id(String service) {
        return service.isEmpty() ? service : Key.of(Scope.USER, service).value();
    }

    private static @Nullable Key within(Identity who) {
        return who.userKey() == null ? null : who.tenantKey();
    }

    private Key per(Identity who) {
        if (who.userKey() != null) {
            return who.userKey();
        }
        IpAddress address = who.addressOrNull();
        if (who.tenantKey() != null) {
            return who.tenantKey();
        } else if (address != null) {
            return address.key(ipv6Prefix);
        }
        throw new IllegalArgumentException("who must be known by user, tenant or address");
    }
}
