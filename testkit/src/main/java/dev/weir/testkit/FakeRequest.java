// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static java.util.Objects.requireNonNull;

import dev.weir.identity.RateLimitRequest;
import java.security.Principal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that never was: what a test hands to {@link dev.weir.RateLimiter#decide}.
 *
 * <pre>{@code
 * FakeRequest.get("/api/hello").user("fred").from("203.0.113.9")
 * }</pre>
 *
 * <p>It comes from 192.0.2.1 unless told otherwise. Each method answers another request and leaves this one as it is.
 * Immutable.
 *
 * @since 0.1
 */
public final class FakeRequest implements RateLimitRequest {

    private static final String SOMEWHERE = "192.0.2.1";

    private final String method;
    private final String path;
    private String peer = SOMEWHERE;
    private @Nullable String host;
    private @Nullable Principal principal;
    private Map<String, List<String>> headers = Map.of();
    private Map<String, Object> attributes = Map.of();
    private Map<String, Object> session = Map.of();

    private FakeRequest(String method, String path) {
        this.method = requireNonNull(method, "method");
        this.path = requireNonNull(path, "path");
    }

    /* Design: a copy is changed before anybody else sees it, and never again. */
    private FakeRequest copy() {
        FakeRequest copy = new FakeRequest(method, path);
        copy.peer = peer;
        copy.host = host;
        copy.principal = principal;
        copy.headers = headers;
        copy.attributes = attributes;
        copy.session = session;
        return copy;
    }

    /**
     * Begins with a GET.
     *
     * @param path the path inside the application, beginning with a slash
     * @return the request
     */
    public static FakeRequest get(String path) {
        return of("GET", path);
    }

    /**
     * Begins with a POST.
     *
     * @param path the path inside the application, beginning with a slash
     * @return the request
     */
    public static FakeRequest post(String path) {
        return of("POST", path);
    }

    /**
     * Begins with any method.
     *
     * @param method such as {@code DELETE}
     * @param path the path inside the application, beginning with a slash
     * @return the request
     */
    public static FakeRequest of(String method, String path) {
        return new FakeRequest(method, path);
    }

    /**
     * Sets the authenticated caller.
     *
     * @param name the name of the principal
     * @return a request of this caller
     */
    public FakeRequest user(String name) {
        requireNonNull(name, "name");
        return principal(() -> name);
    }

    /**
     * Sets the authenticated caller, as what authenticates would show him: with the claims of his token, for instance.
     *
     * @param caller the principal
     * @return a request of this caller
     */
    public FakeRequest principal(Principal caller) {
        FakeRequest copy = copy();
        copy.principal = requireNonNull(caller, "caller");
        return copy;
    }

    /**
     * Sets the address of the peer.
     *
     * @param address the address, as a container tells it
     * @return a request from there
     */
    public FakeRequest from(String address) {
        FakeRequest copy = copy();
        copy.peer = requireNonNull(address, "address");
        return copy;
    }

    /**
     * Sets the host that is asked.
     *
     * @param name its name, without a port
     * @return a request to this host
     */
    public FakeRequest host(String name) {
        FakeRequest copy = copy();
        copy.host = requireNonNull(name, "name");
        return copy;
    }

    /**
     * Adds a line of a header, behind those of the same name.
     *
     * @param name the name, in any case
     * @param value the value
     * @return a request with this header too
     */
    public FakeRequest header(String name, String value) {
        Map<String, List<String>> more = new HashMap<>(headers);
        List<String> values = new ArrayList<>(headers(name));
        values.add(requireNonNull(value, "value"));
        more.put(lower(name), List.copyOf(values));
        FakeRequest copy = copy();
        copy.headers = Map.copyOf(more);
        return copy;
    }

    /**
     * Sets an attribute, as the application would.
     *
     * @param name the name
     * @param value the value
     * @return a request with this attribute too
     */
    public FakeRequest attribute(String name, Object value) {
        FakeRequest copy = copy();
        copy.attributes = with(attributes, name, value);
        return copy;
    }

    /**
     * Sets an attribute of the session that the request belongs to.
     *
     * @param name the name
     * @param value the value
     * @return a request with this attribute in its session too
     */
    public FakeRequest session(String name, Object value) {
        FakeRequest copy = copy();
        copy.session = with(session, name, value);
        return copy;
    }

    private static Map<String, Object> with(Map<String, Object> before, String name, Object value) {
        Map<String, Object> more = new HashMap<>(before);
        more.put(name, value);
        return Map.copyOf(more);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public @Nullable String header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? null : values.get(0);
    }

    @Override
    public List<String> headers(String name) {
        return headers.getOrDefault(lower(name), List.of());
    }

    @Override
    public @Nullable Object attribute(String name) {
        return attributes.get(name);
    }

    @Override
    public @Nullable Principal principal() {
        return principal;
    }

    @Override
    public @Nullable Object sessionAttribute(String name) {
        return session.get(name);
    }

    @Override
    public @Nullable String host() {
        return host;
    }

    @Override
    public String remoteAddress() {
        return peer;
    }

    @Override
    public <T> @Nullable T unwrap(Class<T> type) {
        return null;
    }

    @Override
    public String toString() {
        return method + " " + path + " from " + (principal == null ? peer : principal.getName() + " at " + peer);
    }
}
