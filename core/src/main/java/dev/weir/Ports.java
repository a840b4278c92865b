// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.Complaints.Matter;
import dev.weir.config.Configuration;
import dev.weir.identity.ClientAddressResolver;
import dev.weir.identity.Identity;
import dev.weir.identity.IpAddress;
import dev.weir.identity.RateLimitKeyResolver;
import dev.weir.identity.RateLimitRequest;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import dev.weir.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the application has its say about at each request. Whatever its code throws or answers, there is a result: that of an
 * application which says nothing. Thread-safe.
 */
final class Ports {

    private final RateLimitKeyResolver resolver;
    private final ClientAddressResolver addresses;
    private final @Nullable RequestCost requestCost;
    private final @Nullable RefusalHandler refusalHandler;
    private final StandardRefusal standardRefusal;
    private final List<RateLimitListener> listeners;
    private final TimeSource time;
    private final Complaints complaints;

    Ports(RateLimiterBuilder builder, TimeSource time, Executor executor, Complaints complaints) {
        Configuration configuration = builder.configuration;
        this.resolver = builder.resolver == null ? configuration.identity().resolver() : builder.resolver;
        this.addresses = configuration.identity().addresses();
        this.requestCost = builder.requestCost;
        this.refusalHandler = builder.refusalHandler;
        this.standardRefusal = new StandardRefusal(configuration.responses().problemJson());
        this.listeners = listeners(builder, executor, complaints);
        this.time = time;
        this.complaints = complaints;
    }

    private static List<RateLimitListener> listeners(
            RateLimiterBuilder builder, Executor executor, Complaints complaints) {
        List<RateLimitListener> all = new ArrayList<>(builder.listeners);
        builder.queuedListeners.forEach(
                queued -> all.add(new QueuedListener(queued.listener(), queued.capacity(), executor, complaints)));
        return List.copyOf(all);
    }

    List<RateLimitListener> listeners() {
        return listeners;
    }

    Identity identify(RateLimitRequest request) {
        Identity identity = Identity.unknown();
        try {
            Identity found = resolver.resolve(request);
            if (found == null) {
                complaints.about(Matter.RESOLVER, "It answered null.", null);
            } else {
                identity = found;
            }
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.RESOLVER, e);
        }
        return identity.addressOrNull() == null ? withAddress(identity, request) : identity;
    }

    /** An identity with the address that a request came from, if it tells one. */
    Identity withAddress(Identity identity, RateLimitRequest request) {
        IpAddress address = address(request);
        return address == null ? identity : identity.withAddress(address);
    }

    /** The request may be one that a filter has wrapped badly. */
    private @Nullable IpAddress address(RateLimitRequest request) {
        try {
            return addresses.resolve(request);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.ADDRESS, e);
            return null;
        }
    }

    /** What charges are to ask for the cost of a request, or null where the cost is always the rule's. */
    ChargePlanner.@Nullable Costs costs() {
        return requestCost == null ? null : (request, rule) -> cost(requestCost, request, rule);
    }

    private long cost(RequestCost own, RateLimitRequest request, Rule rule) {
        try {
            long cost = own.costOf(request, rule.name(), rule.cost());
            if (cost >= 1 && cost <= Quota.MAX) {
                return cost;
            }
            complaints.about(Matter.COST, "It answered " + cost + ".", null);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.COST, e);
        }
        return rule.cost();
    }

    Refusal refusal(RateLimitRequest request, Decision decision) {
        Refusal standard = standardRefusal.of(decision);
        if (refusalHandler == null) {
            return standard;
        }
        try {
            Refusal own = refusalHandler.refuse(request, decision, standard);
            if (own != null) {
                return own;
            }
            complaints.about(Matter.REFUSAL, "It answered null.", null);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.REFUSAL, e);
        }
        return standard;
    }

    void tell(String method, String path, Identity identity, Decision decision) {
        if (listeners.isEmpty()) {
            return;
        }
        RateLimitEvent event = new RateLimitEvent(time.now(), method, path, identity, decision);
        for (RateLimitListener listener : listeners) {
            try {
                listener.onDecision(event);
            } catch (Throwable e) {
                Fatal.rethrow(e);
                complaints.about(Matter.LISTENER, e);
            }
        }
    }
}
