// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import static java.util.Objects.requireNonNull;

import dev.weir.identity.ClientAddressResolver;
import dev.weir.identity.RateLimitKeyResolver;
import dev.weir.key.Scope;
import dev.weir.plan.Exemption;
import dev.weir.plan.FailurePolicy;
import dev.weir.plan.Plans;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import dev.weir.store.StoreSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a configuration file says, checked.
 *
 * <p>YAML, or JSON if the name ends with {@code .json}; at most 1 MiB. Reading is strict: an unknown or duplicate key, a
 * bad unit, a number out of range or a name that nothing defines is refused, with all other faults of the file.
 *
 * <p>Immutable.
 *
 * @param source the name of the file, for messages
 * @param revision which revision of the numbers this is; a higher one is followed by instances with an older file
 * @param store where buckets and leases live
 * @param onFailure what requests that no rule counts do when a shared store does not answer, and rules that do not say
 * @param identity who is calling
 * @param exemptions what is never charged
 * @param plans all tiers, and who has which
 * @param rules what is charged for which requests, in the order of the file
 * @param admission what a caller may start and hold
 * @param overload when to shed load, empty to shed nothing
 * @param anomalies where security events are recorded
 * @param responses what answers carry
 * @since 0.1
 */
public record Configuration(
        String source,
        long revision,
        StoreSettings store,
        FailurePolicy onFailure,
        IdentitySettings identity,
        List<Exemption> exemptions,
        Plans plans,
        List<Rule> rules,
        AdmissionSettings admission,
        Optional<OverloadSettings> overload,
        AnomalySettings anomalies,
        ResponseSettings responses) {

    private static final int MAX_BYTES = 1 << 20;

    /**
     * Copies the lists.
     *
     * @param source the name of the file, for messages
     * @param revision which revision of the numbers this is; a higher one is followed by instances with an older file
     * @param store where buckets and leases live
     * @param onFailure what requests that no rule counts do when a shared store does not answer, and rules that do not say
     * @param identity who is calling
     * @param exemptions what is never charged
     * @param plans all tiers, and who has which
     * @param rules what is charged for which requests, in the order of the file
     * @param admission what a caller may start and hold
     * @param overload when to shed load, empty to shed nothing
     * @param anomalies where security events are recorded
     * @param responses what answers carry
     */
    public Configuration {
        exemptions = List.copyOf(exemptions);
        rules = List.copyOf(rules);
    }

    /**
     * Reads a file.
     *
     * @param file the file
     * @return what it says
     * @throws ConfigurationException if it cannot be read or says something wrong
     */
    public static Configuration read(Path file) {
        String source = file.getFileName() == null
                ? file.toString()
                : file.getFileName().toString();
        try (InputStream in = Files.newInputStream(file)) {
            return read(source, in, file.toAbsolutePath().getParent());
        } catch (NoSuchFileException e) {
            throw unreadable(source, "there is no such file; looked for " + file.toAbsolutePath());
        } catch (IOException e) {
            throw unreadable(source, "cannot be read: " + e + "; looked for " + file.toAbsolutePath());
        }
    }

    /**
     * Reads a stream.
     *
     * @param source the name, for messages; {@code .json} at its end means JSON
     * @param in the stream, which the caller closes
     * @return what it says
     * @throws ConfigurationException if it says something wrong
     * @throws IOException if the stream fails
     */
    public static Configuration read(String source, InputStream in) throws IOException {
        return read(source, in, null);
    }

    /**
     * Reads text.
     *
     * @param source the name, for messages; {@code .json} at its end means JSON
     * @param text the text
     * @return what it says
     * @throws ConfigurationException if it says something wrong
     */
    public static Configuration parse(String source, String text) {
        return parse(source, text, new Secrets(System::getenv, null));
    }

    static Configuration parse(String source, String text, Secrets secrets) {
        if (text.startsWith("\uFEFF")) {
            throw unreadable(source, "begins with a byte order mark; save it as UTF-8 without one");
        }
        return ConfigurationReader.read(source, text, secrets);
    }

    /**
     * Returns a configuration that differs in where buckets and leases live, for a program that decides that by itself.
     *
     * @param other the store; nothing of it is checked but by whoever opens it
     * @return this configuration with that store
     */
    public Configuration withStore(StoreSettings other) {
        requireNonNull(other, "other");
        return with(other, admission, overload);
    }

    /**
     * Returns a configuration that differs in what a caller may start, for a program that decides that by itself.
     *
     * @param other what a caller may start
     * @return this configuration with that
     */
    public Configuration withAdmission(AdmissionSettings other) {
        return with(store, requireNonNull(other, "other"), overload);
    }

    /**
     * Returns a configuration that differs in when load is shed, for a program that decides that by itself.
     *
     * @param other when to shed load, empty to shed nothing
     * @return this configuration with that
     */
    public Configuration withOverload(Optional<OverloadSettings> other) {
        return with(store, admission, requireNonNull(other, "other"));
    }

    private Configuration with(
            StoreSettings otherStore, AdmissionSettings otherAdmission, Optional<OverloadSettings> otherOverload) {
        return new Configuration(
                source,
                revision,
                otherStore,
                onFailure,
                identity,
                exemptions,
                plans,
                rules,
                otherAdmission,
                otherOverload,
                anomalies,
                responses);
    }

    private static Configuration read(String source, InputStream in, @Nullable Path folder) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw unreadable(
                    source, "is longer than 1 MiB; list fewer profiles here, and supply the others by a ProfileSource");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unreadable(source, "is not UTF-8; save it in that encoding");
        }
        return parse(source, text, new Secrets(System::getenv, folder));
    }

    private static ConfigurationException unreadable(String source, String problem) {
        return new ConfigurationException(source, List.of(source + ": " + problem));
    }

    /**
     * Who is calling, as configured.
     *
     * @param order the parts of an identity, the first known of which is the primary one; the address is among them
     * @param resolver finds tenant and user
     * @param addresses finds the client's address
     * @param ipv6Prefix how many bits of an IPv6 address count
     */
    public record IdentitySettings(
            List<Scope> order, RateLimitKeyResolver resolver, ClientAddressResolver addresses, int ipv6Prefix) {

        /**
         * Copies the list.
         *
         * @param order the parts of an identity, the first known of which is the primary one
         * @param resolver finds tenant and user
         * @param addresses finds the client's address
         * @param ipv6Prefix how many bits of an IPv6 address count
         */
        public IdentitySettings {
            order = List.copyOf(order);
        }
    }

    /**
     * What a caller may start and hold.
     *
     * @param startRate how often a caller may start something
     * @param rapidRestart how many starts within how long are recorded as restarts
     */
    public record AdmissionSettings(Quota startRate, Quota rapidRestart) {}

    /**
     * When to shed load.
     *
     * @param cpuPercent the load of the processors above which the server is overloaded
     * @param memoryPercent the use of memory above which the server is overloaded
     * @param interval how often both are read
     */
    public record OverloadSettings(int cpuPercent, int memoryPercent, Duration interval) {}

    /**
     * Where security events are recorded.
     *
     * @param file the file, empty to keep events in memory only; relative to whatever the program decides if the configuration
     *     is no file
     * @param remember how many events stay in memory
     * @param rawIdentities whether the file carries tenants, users and addresses as they are, or their digests
     */
    public record AnomalySettings(Optional<Path> file, int remember, boolean rawIdentities) {}

    /**
     * What answers carry.
     *
     * @param xRateLimit whether the {@code X-RateLimit-*} headers
     * @param ietf whether {@code RateLimit} and {@code RateLimit-Policy}
     * @param problemJson whether a refusal has a body of RFC 9457
     */
    public record ResponseSettings(boolean xRateLimit, boolean ietf, boolean problemJson) {}
}
