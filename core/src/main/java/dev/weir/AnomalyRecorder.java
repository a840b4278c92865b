// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.Complaints.Matter;
import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyLog;
import dev.weir.anomaly.AnomalyLogBuilder;
import dev.weir.anomaly.AnomalyType;
import dev.weir.config.Configuration;
import dev.weir.config.Configuration.AnomalySettings;
import dev.weir.identity.Identity;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.time.TimeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Records what a limiter refuses, in the application's anomaly log or in one of its own, which it closes. Thread-safe. */
final class AnomalyRecorder implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.weir");

    private final AnomalyLog log;
    private final boolean ownsLog;
    private final boolean tells;
    private final Complaints complaints;

    private AnomalyRecorder(AnomalyLog log, boolean ownsLog, boolean tells, Complaints complaints) {
        this.log = log;
        this.ownsLog = ownsLog;
        this.tells = tells;
        this.complaints = complaints;
    }

    /**
     * Opens the configured log, unless the application has given one.
     *
     * @param executor where the file is written
     * @throws IllegalArgumentException if the file can never be written, or callbacks stand beside a log that was given
     */
    static AnomalyRecorder open(RateLimiterBuilder builder, Executor executor, TimeSource time, Complaints complaints) {
        if (builder.anomalyLog != null) {
            if (!builder.anomalyCallbacks.isEmpty()) {
                throw new IllegalArgumentException(
                        "onAnomaly adds to the limiter's own log; add the callback to the log that was given instead");
            }
            return new AnomalyRecorder(builder.anomalyLog, false, false, complaints);
        }
        AnomalySettings settings = builder.configuration.anomalies();
        AnomalyLogBuilder own =
                AnomalyLog.builder().remember(settings.remember()).time(time).executor(executor);
        builder.anomalyCallbacks.forEach(own::onAnomaly);
        if (settings.file().isPresent()) {
            Path file = placed(settings.file().get());
            own.file(file);
            if (!settings.rawIdentities()) {
                own.digestIdentities(secret(builder.configuration));
            }
            LOG.log(Level.INFO, "Anomalies are written to {0}", file);
        }
        boolean tells = settings.file().isPresent() || !builder.anomalyCallbacks.isEmpty();
        return new AnomalyRecorder(own.build(), true, tells, complaints);
    }

    /* Design: a configuration that is no file of its own, such as one inside a web application, says nothing of where files
     * may be; a container has a folder for them. */
    private static Path placed(Path file) {
        for (String base : new String[] {"catalina.base", "jetty.base"}) {
            String folder = System.getProperty(base);
            if (!file.isAbsolute() && folder != null && Files.isDirectory(Path.of(folder, "logs"))) {
                return Path.of(folder, "logs").resolve(file);
            }
        }
        return file.toAbsolutePath();
    }

    /** The store's secret, or what is there without one: then whoever knows the namespace can work out digests. */
    private static String secret(Configuration configuration) {
        String given = configuration.store().options().get("secret");
        return given == null ? "weir " + configuration.store().namespace() : given;
    }

    AnomalyLog log() {
        return log;
    }

    /** What is to be done now and then; nothing where the log is the application's, or keeps all in memory. */
    Optional<LongSupplier> chore() {
        return tells ? Optional.of(log::poll) : Optional.empty();
    }

    /** Records a decision that lets nobody pass. A store that does not answer is no anomaly of the caller's. */
    void refused(Identity who, Decision decision) {
        try {
            switch (decision.status()) {
                case REFUSED -> limited(who, decision);
                case IMPOSSIBLE ->
                    record(
                            AnomalyType.RATE_LIMIT_EXCEEDED,
                            who,
                            decision,
                            "Request costs more than the quota can hold");
                case BLOCKED ->
                    record(
                            AnomalyType.UNAUTHORIZED_ACCESS,
                            who,
                            decision,
                            "User blocked: " + decision.blockReason().orElse(""));
                case SHED -> record(AnomalyType.SERVER_OVERLOADED, who, decision, "Request shed under load");
                case ADMITTED, EXEMPT, UNAVAILABLE -> {
                    // Nothing to record.
                }
            }
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.ANOMALY, e);
        }
    }

    /** Only where no rate refused too is it a matter of how many are in flight. */
    private void limited(Identity who, Decision decision) {
        Charge charge = decision.charge();
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (Decision.refused(item) && item.kind() != ItemKind.LEASE) {
                record(AnomalyType.RATE_LIMIT_EXCEEDED, who, decision, "Rate limit exceeded");
                return;
            }
        }
        record(AnomalyType.CONCURRENT_LIMIT_EXCEEDED, who, decision, "Too many requests at once");
    }

    private void record(AnomalyType type, Identity who, Decision decision, String details) {
        log.record(Anomaly.builder(type)
                .identity(who)
                .rule(firstRefusing(decision))
                .details(details));
    }

    private static @Nullable String firstRefusing(Decision decision) {
        Charge charge = decision.charge();
        for (int i = 0; i < charge.size(); i++) {
            if (Decision.refused(charge.item(i))) {
                return charge.item(i).rule();
            }
        }
        return null;
    }

    /** Records bad credentials, by address alone: whoever has none is nobody yet. */
    void unauthorized(Decision decision) {
        try {
            log.record(Anomaly.builder(AnomalyType.UNAUTHORIZED_ACCESS)
                    .address(decision.address())
                    .details("Bad credentials (401)"));
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.ANOMALY, e);
        }
    }

    @Override
    public void close() {
        if (ownsLog) {
            log.close();
        }
    }
}
