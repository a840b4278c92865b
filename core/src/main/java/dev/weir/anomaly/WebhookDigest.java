// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static java.util.Objects.requireNonNull;

import dev.weir.time.TimeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A callback that posts digests of anomalies to a webhook: how many there were, by type and severity.
 *
 * <pre>{@code
 * WebhookDigest digest = WebhookDigest.to(URI.create(System.getenv("ALERTS"))).every(Duration.ofMinutes(5)).build();
 * RateLimiter limiter = RateLimiter.builder(file).onAnomaly(digest).build();
 * }</pre>
 *
 * <p>The first event after a quiet time is posted a second later, further ones once an interval. The body is JSON with a
 * member {@code text}, which chat services show, and the counts. It names no caller unless {@link Builder#withUsers} says so.
 * What waits to be posted is bounded: counts of {@value AnomalyLog#MAX_TYPES} types and 256 users. What could not be posted
 * is part of the next digest; anything but a status from 200 to 299 counts as not posted.
 *
 * <p>Where it posts to is what the application says, never what a caller has sent: no redirect is followed. Its address is a
 * secret of most services, so no log line holds more than the host.
 *
 * <p>Taking an event never blocks. Thread-safe. Close it after the log that calls it.
 *
 * @since 0.1
 */
public final class WebhookDigest implements Consumer<Anomaly>, AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.weir");
    private static final Duration GATHER = Duration.ofSeconds(1);
    private static final int LAST_STATUS = 299;
    private static final int FIRST_STATUS = 200;

    private final URI address;
    private final long intervalNanos;
    private final Duration timeout;
    private final Severity least;
    private final boolean withUsers;
    private final TimeSource time;
    private final Background thread = new Background("weir-webhook");
    private final HttpClient client;
    private final Object lock = new Object();
    private DigestCounts pending; // guarded by lock
    private boolean scheduled; // guarded by lock; true from the first event until its post has ended
    private boolean failing; // guarded by lock

    private WebhookDigest(Builder builder) {
        this.address = builder.address;
        this.intervalNanos = builder.interval.toNanos();
        this.timeout = builder.timeout;
        this.least = builder.least;
        this.withUsers = builder.withUsers;
        this.time = builder.time;
        this.pending = new DigestCounts(time.now());
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(thread)
                .build();
    }

    /**
     * Begins a digest.
     *
     * @param webhook where to post: {@code https}, or {@code http} inside a network of your own
     * @return a builder
     * @throws IllegalArgumentException if it is no such address, or holds a user or a fragment
     */
    public static Builder to(URI webhook) {
        String scheme = String.valueOf(webhook.getScheme());
        boolean isHttp = scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http");
        if (!isHttp || webhook.getHost() == null || webhook.getUserInfo() != null || webhook.getFragment() != null) {
            throw new IllegalArgumentException("webhook must be https://HOST/PATH or http://HOST/PATH, without a user");
        }
        return new Builder(webhook);
    }

    @Override
    public void accept(Anomaly event) {
        if (event.severity().compareTo(least) < 0) {
            return;
        }
        synchronized (lock) {
            pending.add(event);
            if (!scheduled) {
                scheduled = postIn(Math.min(intervalNanos, GATHER.toNanos()));
            }
        }
    }

    private boolean postIn(long nanos) {
        try {
            var unused = thread.executeIn(nanos, this::post);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // closed
        }
    }

    private void post() {
        DigestCounts counts = take();
        if (counts.isEmpty()) {
            ended(counts, true);
            return;
        }
        try {
            var unused = send(counts).whenComplete((posted, thrown) -> ended(counts, thrown == null && posted));
        } catch (RuntimeException e) {
            ended(counts, false);
        }
    }

    private DigestCounts take() {
        synchronized (lock) {
            DigestCounts counts = pending;
            pending = new DigestCounts(time.now());
            return counts;
        }
    }

    /** Answers whether it was taken. An answer without end is not waited for. */
    private CompletableFuture<Boolean> send(DigestCounts counts) {
        String body = counts.json(time.now().truncatedTo(ChronoUnit.SECONDS), withUsers);
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        if (!answer.isDone()) {
            var unused = thread.executeIn(2 * timeout.toNanos(), () -> answer.cancel(true));
        }
        return answer.thenApply(
                response -> response.statusCode() >= FIRST_STATUS && response.statusCode() <= LAST_STATUS);
    }

    /** What was not posted joins what has come since. The next post is an interval away, if there is anything to post. */
    private void ended(DigestCounts counts, boolean posted) {
        boolean changed;
        synchronized (lock) {
            if (!posted) {
                counts.addAll(pending);
                pending = counts;
            }
            scheduled = !counts.isEmpty() && postIn(intervalNanos);
            changed = failing == posted;
            failing = !posted;
        }
        if (changed) {
            LOG.log(
                    posted ? Level.INFO : Level.WARNING,
                    posted
                            ? "Digests of anomalies are posted again to " + address.getHost()
                            : "A digest of anomalies could not be posted to " + address.getHost()
                                    + "; its counts are part of the next one");
        }
    }

    /** Posts what still waits, for a second at most, and ends the thread. */
    @Override
    public void close() {
        DigestCounts last = take();
        if (!last.isEmpty()) {
            try {
                send(last).get(GATHER.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.log(Level.DEBUG, "The last digest of anomalies could not be posted", e);
            }
        }
        thread.close();
    }

    /** Collects how digests are posted. Not thread-safe; build, then share the result. */
    public static final class Builder {

        private final URI address;
        private Duration interval = Duration.ofMinutes(5);
        private Duration timeout = Duration.ofSeconds(10);
        private Severity least = Severity.LOW;
        private boolean withUsers;
        private TimeSource time = TimeSource.system();

        private Builder(URI address) {
            this.address = requireNonNull(address, "address");
        }

        /**
         * Sets how often it posts at most.
         *
         * @param between 1 ms to 1 day; 5 minutes unless set
         * @return this
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder every(Duration between) {
            this.interval = checked(between, Duration.ofDays(1), "every");
            return this;
        }

        /**
         * Sets how long it waits for an answer.
         *
         * @param most 1 ms to 1 minute; 10 seconds unless set
         * @return this
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder timeout(Duration most) {
            this.timeout = checked(most, Duration.ofMinutes(1), "timeout");
            return this;
        }

        private static Duration checked(Duration given, Duration most, String name) {
            if (given.compareTo(Duration.ofMillis(1)) < 0 || given.compareTo(most) > 0) {
                throw new IllegalArgumentException(name + " must be 1 ms to " + most + " but was " + given);
            }
            return given;
        }

        /**
         * Leaves out what matters less.
         *
         * @param severity the least that is posted
         * @return this
         */
        public Builder atLeast(Severity severity) {
            this.least = requireNonNull(severity, "severity");
            return this;
        }

        /**
         * Names the users with the most events, as they are. Whoever reads the digest gets to know them.
         *
         * @return this
         */
        public Builder withUsers() {
            this.withUsers = true;
            return this;
        }

        /**
         * Reads time from these clocks, in tests for instance. Waiting is done by the clock of this machine.
         *
         * @param clocks the clocks, of which only the wall clock is read
         * @return this
         */
        public Builder time(TimeSource clocks) {
            this.time = requireNonNull(clocks, "clocks");
            return this;
        }

        /** {@return the callback, which the application closes} */
        public WebhookDigest build() {
            return new WebhookDigest(this);
        }
    }
}
