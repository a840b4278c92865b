// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What an application consists of, in the words of the specification, so that any container can run it. */
final class WebApp {

    /** What a servlet does. */
    @FunctionalInterface
    interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;
    }

    /** A filter as web.xml would name it: with init-params, async-supported, on every path, without a dispatcher. */
    record Described(
            String name, Optional<Filter> instance, Class<? extends Filter> type, Map<String, String> params) {}

    private static final class HandlerServlet extends HttpServlet {
        private final transient Handler handler;

        HandlerServlet(Handler handler) {
            this.handler = handler;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            handler.handle(request, response);
        }
    }

    private final List<Consumer<ServletContext>> steps = new ArrayList<>();
    private final List<Described> described = new ArrayList<>();
    private final Map<Integer, String> statusPages = new LinkedHashMap<>();
    private final Map<Class<? extends Throwable>, String> exceptionPages = new LinkedHashMap<>();
    private Optional<Path> root = Optional.empty();
    private int names;
    private int maxHeaderBytes = 8192;
    private boolean basicAuthentication;

    /** Adds a servlet that can be asynchronous. */
    WebApp servlet(String pattern, Handler handler) {
        String name = "servlet-" + names++;
        return step(context -> {
            ServletRegistration.Dynamic registration = context.addServlet(name, new HandlerServlet(handler));
            registration.setAsyncSupported(true);
            registration.setMultipartConfig(new MultipartConfigElement(""));
            registration.addMapping(pattern);
        });
    }

    /** Adds a filter by code, behind those added before, for every path and these kinds of dispatch. */
    WebApp filter(Filter filter, DispatcherType first, DispatcherType... rest) {
        return filter(filter, EnumSet.of(first, rest), 1);
    }

    /** Adds a filter by code that is mapped several times. */
    WebApp filter(Filter filter, EnumSet<DispatcherType> types, int times) {
        String name = "filter-" + names++;
        return step(context -> {
            FilterRegistration.Dynamic registration = context.addFilter(name, filter);
            registration.setAsyncSupported(true);
            for (int i = 0; i < times; i++) {
                registration.addMappingForUrlPatterns(types, true, "/*");
            }
        });
    }

    /** Adds a filter as a web.xml without a dispatcher element would. */
    WebApp describedFilter(Filter filter) {
        described.add(new Described("described-" + names++, Optional.of(filter), filter.getClass(), Map.of()));
        return this;
    }

    /** Adds a filter as a web.xml would that names the class and init-params. */
    WebApp describedFilter(Class<? extends Filter> type, Map<String, String> params) {
        described.add(new Described("described-" + names++, Optional.empty(), type, params));
        return this;
    }

    /** Does something while the application starts. */
    WebApp step(Consumer<ServletContext> step) {
        steps.add(step);
        return this;
    }

    WebApp errorPage(int status, String path) {
        statusPages.put(status, path);
        return this;
    }

    WebApp errorPage(Class<? extends Throwable> type, String path) {
        exceptionPages.put(type, path);
        return this;
    }

    /** Lets the container itself ask who is calling, for paths below {@code /private}: carol with the password right. */
    WebApp basicAuthentication() {
        basicAuthentication = true;
        return this;
    }

    /** Sets the folder that holds WEB-INF. */
    WebApp root(Path folder) {
        root = Optional.of(folder);
        return this;
    }

    /** Lets requests have headers of this length, where containers take 8 KiB. */
    WebApp maxHeaderBytes(int bytes) {
        maxHeaderBytes = bytes;
        return this;
    }

    // For containers

    boolean hasBasicAuthentication() {
        return basicAuthentication;
    }

    int maxHeaderBytes() {
        return maxHeaderBytes;
    }

    void onStartup(ServletContext context) {
        steps.forEach(step -> step.accept(context));
    }

    List<Described> described() {
        return described;
    }

    Map<Integer, String> statusPages() {
        return statusPages;
    }

    Map<Class<? extends Throwable>, String> exceptionPages() {
        return exceptionPages;
    }

    Optional<Path> root() {
        return root;
    }
}
