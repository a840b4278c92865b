// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.admission.Ask;
import dev.weir.admission.StartAnswer;
import dev.weir.admission.StartCheck;
import dev.weir.admission.StartedService;
import dev.weir.admission.UserProfile;
import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyLog;
import dev.weir.anomaly.AnomalyType;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.load.LoadReading;
import dev.weir.load.ResourceMonitor;
import dev.weir.plan.Plans;
import dev.weir.plan.Quota;
import dev.weir.plan.Tier;
import dev.weir.store.Action;
import dev.weir.store.ItemKey;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what may start. Thread-safe.
 *
 * <p>Design: all that the store counts is one charge, so a start takes all or nothing. What can be told without the store is
 * told before; where that refuses, the store is only looked at, because an earlier check of it may name the reason.
 */
final class Admission {

    private final ProfileBook profiles;
    private final Plans plans;
    private final StartCharges charges;
    private final StoreGate gate;
    private final RunningServices running = new RunningServices();
    private final AnomalyLog anomalies;
    private final @Nullable ResourceMonitor monitor;
    private final Quota rapidRestart;
    private final int lowestPriority;

    Admission(
            Configuration configuration,
            ProfileBook profiles,
            StoreGate gate,
            AnomalyLog anomalies,
            @Nullable ResourceMonitor monitor) {
        this.profiles = profiles;
        this.plans = configuration.plans();
        this.charges = new StartCharges(configuration);
        this.gate = gate;
        this.anomalies = anomalies;
        this.monitor = monitor;
        this.rapidRestart = configuration.admission().rapidRestart();
        this.lowestPriority =
                plans.tiers().values().stream().mapToInt(Tier::priority).min().orElse(0);
    }

    /** What was found about a start: the answer, and what was taken for it. */
    private record Found(StartAnswer answer, StartCharge charge) {}

    StartAnswer check(Identity who, String service, Ask ask) {
        return decide(who, service, ask, Action.LOOK).answer();
    }

    /** Starts a service, or answers why not: then the handle ends nothing. */
    StartedService start(Identity who, String service, Ask ask) {
        Found found = decide(who, service, ask, Action.TAKE);
        if (!found.answer().isAllowed()) {
            return new StartedService(who, service, recorded(found, who, service), () -> {});
        }
        ItemKey set = charges.services(who);
        String id = StartCharges.id(service);
        long start = running.started(set, id);
        Runnable end = () -> {
            if (running.ended(set, id, start)) {
                gate.release(set, id);
            }
        };
        try {
            return new StartedService(who, service, recorded(found, who, service), end);
        } catch (Throwable e) {
            end.run(); // nobody would have a handle to close
            throw e;
        }
    }

    void end(Identity who, String service) {
        ItemKey set = charges.services(who);
        String id = StartCharges.id(service);
        running.ended(set, id);
        gate.release(set, id);
    }

    private Found decide(Identity who, String service, Ask ask, Action action) {
        RatedProfile ofTenant = profiles.ofTenant(who);
        RatedProfile rated = profiles.ofCaller(who, ofTenant);
        UserProfile profile = UserProfile.of(plans.tier(rated.profile()), rated.profile());
        StartCharge charge = charges.of(who, rated, service);
        String blocked = profiles.blockReason(who, ofTenant, rated);
        if (blocked != null) {
            return new Found(StartWords.blocked(blocked), charge);
        }
        LoadReading load = monitor == null ? null : monitor.reading();
        StartAnswer pure = withoutStore(profile, ask, load);
        if (action == Action.LOOK || pure != null) {
            charge.look(gate);
        } else {
            charge.take(gate);
        }
        StartAnswer counted = charge.refusal(profile);
        StartAnswer answer = counted != null ? counted : pure != null ? pure : allowed(load);
        return new Found(charge.isDegraded() ? answer.asDegraded() : answer, charge);
    }

    /** The first check that fails of those for which the store is not needed. */
    private @Nullable StartAnswer withoutStore(UserProfile profile, Ask ask, @Nullable LoadReading load) {
        if (ask.port().isPresent() && !profile.allowsPort(ask.port().getAsInt())) {
            return StartWords.forbiddenPort(ask.port().getAsInt());
        }
        if (ask.memoryMb().orElse(0) > profile.memoryMb()) {
            return StartWords.tooMuchMemory(ask.memoryMb().getAsLong(), profile.memoryMb());
        }
        if (ask.cpuPercent().orElse(0) > profile.cpuPercent()) {
            return StartWords.tooMuchCpu(ask.cpuPercent().getAsLong(), profile.cpuPercent());
        }
        if (load == null || !load.isOverloaded() || profile.priority() > lowestPriority) {
            return null;
        }
        return StartWords.overloaded(load.throttleDelay());
    }

    private static StartAnswer allowed(@Nullable LoadReading load) {
        return load != null && load.isOverloaded()
                ? StartWords.delayed(load.throttleDelay())
                : StartAnswer.allowed("", Duration.ZERO);
    }

    /** Records what is worth recording. A look records nothing. */
    private StartAnswer recorded(Found found, Identity who, String service) {
        StartAnswer answer = found.answer();
        AnomalyType type =
                answer.refusedBy().map(Admission::type).orElse(Optional.empty()).orElse(null);
        if (answer.isAllowed() && !answer.delay().isZero()) {
            type = AnomalyType.SERVER_OVERLOADED;
        }
        if (type != null) {
            String rule = answer.refusedBy().map(Admission::rule).orElse("");
            answer = answer.withAnomaly(record(type, who, service, rule, answer.reason()));
        }
        long starts = answer.isAllowed() ? found.charge().recentStarts() : 0;
        if (starts >= rapidRestart.amount()) {
            String words = StartWords.rapidRestart(starts, rapidRestart.period());
            answer = answer.withAnomaly(record(AnomalyType.RAPID_RESTART, who, service, "", words));
        }
        return answer;
    }

    private Anomaly record(AnomalyType type, Identity who, String service, String rule, String details) {
        return anomalies.record(
                Anomaly.builder(type).identity(who).service(service).rule(rule).details(details));
    }

    /** What asks for too much by itself is a mistake, not misbehaviour; what the store did is nobody's doing. */
    private static Optional<AnomalyType> type(StartCheck check) {
        return Optional.ofNullable(
                switch (check) {
                    case BLOCK, PORT -> AnomalyType.UNAUTHORIZED_ACCESS;
                    case START_RATE -> AnomalyType.RATE_LIMIT_EXCEEDED;
                    case SERVICES_AT_ONCE -> AnomalyType.CONCURRENT_LIMIT_EXCEEDED;
                    case HOURLY_STARTS -> AnomalyType.HOURLY_LIMIT_EXCEEDED;
                    case OVERLOAD -> AnomalyType.SERVER_OVERLOADED;
                    case MEMORY, CPU, STORE -> null;
                });
    }

    private static String rule(StartCheck check) {
        return switch (check) {
            case START_RATE -> AdmissionRules.START_RATE;
            case SERVICES_AT_ONCE -> AdmissionRules.SERVICES;
            case HOURLY_STARTS -> AdmissionRules.STARTS;
            default -> "";
        };
    }

    /** How many run: by the store, or on this instance where that knows less. */
    long services(Identity who) {
        StartCharge charge = looked(who);
        return Math.max(charge.held(), running.count(charges.services(who)));
    }

    long startedInTheLastHour(Identity who) {
        return looked(who).startsInTheLastHour();
    }

    private StartCharge looked(Identity who) {
        StartCharge charge = charges.of(who, profiles.ofCaller(who, profiles.ofTenant(who)), "");
        charge.look(gate);
        return charge;
    }

    UserProfile profile(Identity who) {
        RatedProfile rated = profiles.ofCaller(who, profiles.ofTenant(who));
        return UserProfile.of(plans.tier(rated.profile()), rated.profile());
    }
}
