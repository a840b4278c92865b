// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static java.util.Objects.requireNonNull;

import dev.weir.Complaints.Matter;
import dev.weir.anomaly.AnomalyLog;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.identity.IpAddress;
import dev.weir.identity.RateLimitRequest;
import dev.weir.load.ResourceMonitor;
import dev.weir.plan.Exemption;
import dev.weir.plan.Rule;
import dev.weir.time.TimeSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests pass: finds out who is calling, charges that caller's plan, and says what to answer.
 *
 * <pre>{@code
 * RateLimiter limiter = RateLimiter.from(Path.of("weir.yaml"));
 * RateLimitFilter.register(servletContext, limiter);
 * }</pre>
 *
 * <p>An adapter for a kind of server calls {@link #decide} once for each request, writes {@link #headers}, sends
 * {@link #refusal} where the decision is no, and calls {@link #complete} when the request has really ended. One that sees a
 * request before and behind authentication calls {@link #decideEdge} and then {@link #decideAfter} instead.
 *
 * <p>No fault of the limiter or of what it calls makes a request fail; only errors of the JVM itself are passed on.
 * Thread-safe. Close it when the application ends.
 *
 * @since 0.1
 */
public final class RateLimiter implements AutoCloseable {

    private static final int UNAUTHORIZED = 401;

    private final Configuration configuration;
    private final Ports ports;
    private final ProfileStore profileStore;
    private final ProfileBook profiles;
    private final ChargePlanner planner;
    private final ChargePlanner looker;
    private final ChargePlanner atEdge;
    private final AnonymousWatch watch;
    private final StoreGate gate;
    private final AnswerHeaders answerHeaders;
    private final Complaints complaints;
    private final StoreAccess stores;
    private final AnomalyRecorder anomalies;
    private final LoadShedder shedder;
    private final @Nullable Callbacks callbacks;
    private final @Nullable SecurityPolicy policy;
    private final @Nullable String noPolicy; // why there is none

    RateLimiter(RateLimiterBuilder builder) {
        this.configuration = builder.configuration;
        TimeSource time = builder.time == null ? TimeSource.system() : builder.time;
        this.complaints = new Complaints(time);
        this.callbacks = builder.executor == null ? new Callbacks() : null;
        Executor executor = builder.executor == null ? requireNonNull(callbacks) : builder.executor;
        this.ports = new Ports(builder, time, executor, complaints);
        this.answerHeaders = new AnswerHeaders(configuration.responses());
        StoreStates states = new StoreStates(time, ports.listeners(), executor, complaints);
        this.shedder = LoadShedder.of(builder, time);
        this.stores = StoreAccess.open(configuration, builder.store, time, states);
        try {
            this.gate = stores.gate(configuration, complaints);
            states.count(gate::degraded);
            List<Rule> rules = ChargePlanner.withCatchAll(configuration);
            MeetingRules.check(configuration, rules, stores::checkTogether);
            this.noPolicy = AdmissionRules.obstacle(stores::checkTogether);
            this.watch = new AnonymousWatch(rules);
            LimitCompiler compiler = new LimitCompiler(
                    configuration.plans(),
                    noPolicy == null ? AdmissionRules.behind(rules, configuration) : rules,
                    configuration.revision(),
                    stores::check);
            ProfileCache cache = builder.profileSource == null
                    ? null
                    : new ProfileCache(builder.profileSource, compiler, executor, time, complaints);
            this.profileStore = new ProfileStore(stores.maps(), compiler, time, complaints);
            this.profiles = new ProfileBook(configuration.plans(), compiler, profileStore, cache);
            this.planner = new ChargePlanner(
                    rules,
                    configuration.identity().order(),
                    configuration.identity().ipv6Prefix(),
                    profiles.anonymous(),
                    ports.costs());
            this.looker = planner.looking();
            this.atEdge = planner.edge();
            this.anomalies = AnomalyRecorder.open(builder, executor, time, complaints);
            this.policy = noPolicy == null ? policy(builder, executor) : null;
            if (stores.maps() != null) {
                profileStore.poll(); // who is blocked must be before the first request
            }
            stores.start(chores());
        } catch (Throwable e) {
            stores.close(); // nobody else will have it
            throw e;
        }
    }

    /** Starts are refused and delayed under load only if a monitor was configured or given. */
    private SecurityPolicy policy(RateLimiterBuilder builder, Executor executor) {
        boolean minds = configuration.overload().isPresent() || builder.resourceMonitor != null;
        ResourceMonitor monitor = minds ? shedder.monitor() : null;
        Admission admission = new Admission(configuration, profiles, gate.decidingAll(), anomalies.log(), monitor);
        return new SecurityPolicy(
                new SecurityPolicy.Parts(
                        admission, configuration.plans(), profileStore, anomalies.log(), monitor, executor),
                () -> {});
    }

    /** What the limiter's one thread does beside looking after a shared store. */
    private List<LongSupplier> chores() {
        List<LongSupplier> chores = new ArrayList<>();
        shedder.chore().ifPresent(chores::add);
        anomalies.chore().ifPresent(chores::add);
        if (stores.maps() != null) {
            chores.add(stores.polling(profileStore::poll));
        }
        return chores;
    }

    /**
     * Makes a limiter from a file, and opens the store that it names.
     *
     * @param file the configuration, see {@code docs/configuration.md}
     * @return the limiter, which the application closes
     * @throws IllegalArgumentException if the file says something wrong, with file, line and remedy
     */
    public static RateLimiter from(Path file) {
        return builder(file).build();
    }

    /**
     * Begins a limiter to which the application adds code of its own.
     *
     * @param file the configuration
     * @return a builder
     * @throws IllegalArgumentException if the file says something wrong, with file, line and remedy
     */
    public static RateLimiterBuilder builder(Path file) {
        return new RateLimiterBuilder(Configuration.read(file));
    }

    /**
     * Begins a limiter to which the application adds code of its own.
     *
     * @param configuration the configuration
     * @return a builder
     */
    public static RateLimiterBuilder builder(Configuration configuration) {
        return new RateLimiterBuilder(configuration);
    }

    /**
     * Decides about a request and charges it. Call it once for each request.
     *
     * @param request the request
     * @return the decision; {@link #complete} must follow, whatever it says
     */
    public Decision decide(RateLimitRequest request) {
        return decide(request, Stage.WHOLE, null);
    }

    /**
     * Decides about a request before anybody has looked who is calling, and charges it: by the rules per address and per
     * everyone. The resolver is not asked. Requests in flight are counted by {@link #decideAfter}, but for those of rules
     * that count answers.
     *
     * @param request the request
     * @return the decision; {@link #complete} must follow, whatever it says
     */
    public Decision decideEdge(RateLimitRequest request) {
        return decide(request, Stage.EDGE, null);
    }

    /**
     * Decides about a request behind authentication, and charges what the edge has not. What the edge took stays taken,
     * whatever is decided here.
     *
     * @param edge what {@link #decideEdge} has answered about this request
     * @param request the request
     * @return the decision, whose headers are those of both; {@link #complete} must follow for both
     * @throws IllegalArgumentException if {@code edge} is not of the edge
     */
    public Decision decideAfter(Decision edge, RateLimitRequest request) {
        if (edge.stage() != Stage.EDGE) {
            throw new IllegalArgumentException("edge must be what decideEdge has answered");
        }
        return decide(request, Stage.IDENTITY, edge);
    }

    private Decision decide(RateLimitRequest request, Stage stage, @Nullable Decision edge) {
        try {
            String method = request.method();
            String path = request.path();
            Identity identity =
                    stage == Stage.EDGE ? ports.withAddress(Identity.unknown(), request) : ports.identify(request);
            Decision decision = in(
                    stage,
                    edge,
                    stage == Stage.EDGE
                            ? atEdge(method, path, request, identity)
                            : decide(method, path, request, identity, edge));
            report(method, path, identity, decision);
            return decision;
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.LIMITER, e);
            ChargePlanner asked = stage == Stage.EDGE ? atEdge : planner;
            return in(stage, edge, Decision.degraded(!asked.isClosedFor(request)));
        }
    }

    private Decision in(Stage stage, @Nullable Decision edge, Decision decision) {
        return stage == Stage.WHOLE
                ? decision
                : decision.in(stage, edge == null ? null : planner.merge(edge.charge(), decision.charge()));
    }

    /**
     * Tells where a caller stands, and takes nothing.
     *
     * @param identity the caller
     * @param method the method of the request that he might send
     * @param path its path inside the application
     * @return what would be decided
     */
    public Decision peek(Identity identity, String method, String path) {
        return decide(method, path, null, identity, null);
    }

    private Decision atEdge(String method, String path, RateLimitRequest request, Identity identity) {
        if (isExempt(path, identity.addressOrNull())) {
            return Decision.exempt();
        }
        RatedProfile anonymous = profiles.anonymous();
        Decision decision = gate.charge(atEdge.plan(method, path, request, identity, anonymous, anonymous, null));
        decision.from(identity.addressOrNull());
        return decision;
    }

    private Decision decide(
            String method,
            String path,
            @Nullable RateLimitRequest request,
            Identity identity,
            @Nullable Decision edge) {
        if (isExempt(path, identity.addressOrNull())) {
            return Decision.exempt();
        }
        if (request != null) {
            watch.look(request, identity);
        }
        RatedProfile ofTenant = profiles.ofTenant(identity);
        RatedProfile ofUser = profiles.ofUser(identity, ofTenant);
        String blocked = profiles.blockReason(identity, ofTenant, ofUser);
        if (blocked != null) {
            return Decision.blocked(blocked);
        }
        if (request == null) {
            return gate.look(looker.plan(method, path, null, identity, ofTenant, ofUser, null));
        }
        if (shedder.isOverloaded() && !planner.isNeverShed(method, path, request, identity)) {
            int seconds = shedder.secondsIfShed(profiles.mostPrecise(identity, ofTenant, ofUser));
            if (seconds > 0) {
                return Decision.shed(seconds);
            }
        }
        Decision decision = gate.charge(planner.plan(method, path, request, identity, ofTenant, ofUser, edge));
        if (edge == null) { // else the edge's decision remembers it, which ends with every request
            decision.from(identity.addressOrNull());
        }
        return decision;
    }

    /**
     * Makes all quotas whole again that count a caller, in all rules. Requests in flight are left alone. Quotas that he
     * shares, such as his tenant's, become whole for all who share them.
     *
     * @param identity the caller; a part that he does not have is left alone
     */
    public void refill(Identity identity) {
        planner.keys(identity).forEach(gate::refill);
    }

    /**
     * Ends a request: gives its leases back, and settles the rules that count answers. Only the first call for a decision
     * has an effect. Call it on every ending, an exception and an asynchronous time-out included.
     *
     * @param decision what {@link #decide} has answered
     * @param status the status of the answer, or 0 if it is not known
     * @return whether the numbers in the headers have changed thereby
     */
    public boolean complete(Decision decision, int status) {
        if (!decision.tryComplete()) {
            return false;
        }
        boolean changed = gate.complete(decision, status);
        if (status == UNAUTHORIZED && decision.status() == Decision.Status.ADMITTED) {
            anomalies.unauthorized(decision);
        }
        return changed;
    }

    /**
     * Writes the headers that every counted answer carries, and those that every refusal carries.
     *
     * @param decision the decision
     * @param sink takes name and value; a header that is there already is to be replaced
     */
    public void headers(Decision decision, BiConsumer<String, String> sink) {
        answerHeaders.write(decision, sink);
    }

    /** {@return the names of these headers, as the value of {@code Access-Control-Expose-Headers}} */
    public String exposedHeaders() {
        return answerHeaders.exposed();
    }

    /**
     * Makes the answer to a refused request.
     *
     * @param request the request
     * @param decision a decision that does not admit it
     * @return the application's answer, or the standard one
     * @throws IllegalArgumentException if the decision admits the request
     */
    public Refusal refusal(RateLimitRequest request, Decision decision) {
        return ports.refusal(request, decision);
    }

    /**
     * Returns how many decisions were made without the store or a part of it, because it did not answer in time.
     *
     * @return the number since the start; see {@link Decision#isDegraded}
     */
    public long degradedDecisions() {
        return gate.degraded();
    }

    /**
     * Returns how many parts of refused charges could not be given back, because their place in the store did not answer. Whoever
     * such a part counts (the caller, his tenant, or everyone) is short of it until it refills. Only a store that keeps what one
     * request asks for in several places, such as Redis Cluster, has such.
     *
     * <pre>{@code
     * FunctionCounter.builder("weir.refunds.lost", limiter, RateLimiter::lostRefunds).register(registry);
     * }</pre>
     *
     * @return the number since the start, always 0 without a shared store
     */
    public long lostRefunds() {
        return stores.lostRefunds();
    }

    /** {@return how many requests hold leases now} */
    public long inFlight() {
        return gate.inFlight();
    }

    /**
     * Returns what callers may start and hold: it counts in the same store, by the same profiles.
     *
     * @return the policy, always the same
     * @throws IllegalStateException if the store serves requests only, and cannot decide all at once that a start asks for
     */
    public SecurityPolicy securityPolicy() {
        if (policy == null) {
            throw new IllegalStateException(noPolicy);
        }
        return policy;
    }

    /**
     * Returns the log of what was refused, blocked and shed, and of answers that say that credentials were bad. The application
     * may record in it too.
     *
     * @return the log
     */
    public AnomalyLog anomalies() {
        return anomalies.log();
    }

    /** {@return what tells whether the server is overloaded} */
    public ResourceMonitor resources() {
        return shedder.monitor();
    }

    /** {@return the profiles and blocks that are set at run time} */
    public ProfileStore profiles() {
        return profileStore;
    }

    /**
     * Returns how many requests were shed under overload.
     *
     * @return the number since the start, 0 if the configuration has no section {@code overload}
     */
    public long shedRequests() {
        return shedder.shed();
    }

    /** {@return the configuration} */
    public Configuration configuration() {
        return configuration;
    }

    /** Ends what the limiter has started: its store, unless the application gave one, and its threads. */
    @Override
    public void close() {
        try {
            stores.close();
        } finally {
            try {
                anomalies.close();
            } finally {
                if (callbacks != null) {
                    callbacks.close();
                }
            }
        }
    }

    private boolean isExempt(String path, @Nullable IpAddress client) {
        List<Exemption> exemptions = configuration.exemptions();
        for (int i = 0; i < exemptions.size(); i++) {
            if (exemptions.get(i).covers(path, client)) {
                return true;
            }
        }
        return false;
    }

    /** Whatever happens here, the request has its decision; if that cannot reach it, nothing stays held. */
    private void report(String method, String path, Identity identity, Decision decision) {
        try {
            if (!decision.isAdmitted()) {
                anomalies.refused(identity, decision);
            }
            List<String> shadows = decision.shadowRefusals();
            if (!shadows.isEmpty()) {
                complaints.about(Matter.SHADOW, String.join(", ", shadows), null);
            }
            ports.tell(method, path, identity, decision);
        } catch (Throwable e) {
            if (Fatal.isFatal(e)) {
                complete(decision, 0);
            }
            Fatal.rethrow(e);
            complaints.about(Matter.LISTENER, e);
        }
    }
}
