// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.security.Principal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A request made of what a test says. */
public final class FakeRequest implements RateLimitRequest {

    private final String method;
    private final String path;
    private final Map<String, List<String>> headers = new HashMap<>();
    private final Map<String, Object> attributes = new HashMap<>();
    private String remoteAddress = "198.51.100.7";
    private Principal principal;
    private final Map<String, Object> session = new HashMap<>();
    private String host;

    private FakeRequest(String method, String path) {
        this.method = method;
        this.path = path;
    }

    public static FakeRequest of(String method, String path) {
        return new FakeRequest(method, path);
    }

    public static FakeRequest get(String path) {
        return new FakeRequest("GET", path);
    }

    public FakeRequest from(String peer) {
        this.remoteAddress = peer;
        return this;
    }

    public FakeRequest with(String header, String... lines) {
        headers.computeIfAbsent(header.toLowerCase(Locale.ROOT), unused -> new ArrayList<>())
                .addAll(List.of(lines));
        return this;
    }

    public FakeRequest attribute(String name, Object value) {
        attributes.put(name, value);
        return this;
    }

    public FakeRequest tenant(String tenant) {
        return attribute("tenantId", tenant);
    }

    public FakeRequest user(String name) {
        return principal(() -> name);
    }

    public FakeRequest principal(Principal caller) {
        this.principal = caller;
        return this;
    }

    public FakeRequest session(String name, Object value) {
        session.put(name, value);
        return this;
    }

    public FakeRequest host(String name) {
        this.host = name;
        return this;
    }

    @Override
    public Object sessionAttribute(String name) {
        return session.get(name);
    }

    @Override
    public String host() {
        return host;
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
    public String header(String name) {
        return headers(name).stream().findFirst().orElse(null);
    }

    @Override
    public List<String> headers(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    @Override
    public Object attribute(String name) {
        return attributes.get(name);
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return null;
    }
}
