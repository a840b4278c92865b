// SPDX-License-Identifier: Apache-2.0
package dev.weir.dropin;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An application that starts: what it says of itself, and which filters it is given. */
final class FakeContext {

    private final Map<String, String> params = new HashMap<>();
    private final Map<String, FilterRegistration> filters = new LinkedHashMap<>();
    private String path = "/shop";
    private boolean fileInApplication;
    private boolean refusing;

    /** What was done to the filter that was added, in order. */
    final List<String> registered = new ArrayList<>();

    FakeContext param(String name, String value) {
        params.put(name, value);
        return this;
    }

    FakeContext path(String contextPath) {
        path = contextPath;
        return this;
    }

    FakeContext withFile() {
        fileInApplication = true;
        return this;
    }

    FakeContext withFilter(String name, String className) {
        filters.put(name, proxy(FilterRegistration.class, (self, method, args) -> switch (method.getName()) {
            case "getName" -> name;
            case "getClassName" -> className;
            default -> throw new UnsupportedOperationException(method.getName());
        }));
        return this;
    }

    /** Has a filter of every name, without telling. */
    FakeContext refusing() {
        refusing = true;
        return this;
    }

    ServletContext get() {
        return proxy(ServletContext.class, (self, method, args) -> switch (method.getName()) {
            case "getInitParameter" -> params.get((String) args[0]);
            case "getContextPath" -> path;
            case "getFilterRegistrations" -> filters;
            case "getResource" -> resource((String) args[0]);
            case "addFilter" -> refusing ? null : registration((String) args[0], (Filter) args[1]);
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private Object resource(String name) throws MalformedURLException {
        boolean there = fileInApplication && name.equals("/WEB-INF/weir.yaml");
        return there ? URI.create("file:" + name).toURL() : null;
    }

    private FilterRegistration.Dynamic registration(String name, Filter filter) {
        registered.add("add " + name + " " + filter.getClass().getName());
        return proxy(FilterRegistration.Dynamic.class, (self, method, args) -> {
            registered.add(method.getName() + " " + text(args));
            return method.getReturnType() == boolean.class ? (Object) true : null;
        });
    }

    private static String text(Object[] args) {
        StringBuilder all = new StringBuilder();
        for (Object arg : args) {
            all.append(all.isEmpty() ? "" : " ").append(arg instanceof Object[] many ? Arrays.toString(many) : arg);
        }
        return all.toString();
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
