// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import jakarta.servlet.ServletContainerInitializer;
import java.nio.file.Path;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.FilterMapping;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.security.ConstraintMapping;
import org.eclipse.jetty.ee11.servlet.security.ConstraintSecurityHandler;
import org.eclipse.jetty.security.Constraint;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.security.Credential;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty inside this JVM. */
final class EmbeddedJetty implements Container {

    private final Server server;
    private final ServerConnector connector;

    private EmbeddedJetty(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    static Container start(WebApp app, Path folder) throws Exception {
        Server server = new Server(new QueuedThreadPool(20, 4));
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(app.maxHeaderBytes());
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
        context.setBaseResourceAsPath(app.root().orElse(folder));
        ServletContainerInitializer initializer = (types, started) -> app.onStartup(started);
        context.addServletContainerInitializer(initializer);
        describe(app, context);
        if (app.hasBasicAuthentication()) {
            authenticate(context);
        }
        server.setHandler(context);
        EmbeddedJetty started = new EmbeddedJetty(server, connector);
        try {
            server.start();
        } catch (Exception e) {
            started.close();
            throw e;
        }
        return started;
    }

    private static void authenticate(ServletContextHandler context) {
        UserStore users = new UserStore();
        users.addUser("carol", Credential.getCredential("right"), new String[] {"user"});
        HashLoginService login = new HashLoginService("test");
        login.setUserStore(users);
        ConstraintSecurityHandler security = new ConstraintSecurityHandler();
        security.setAuthenticator(new BasicAuthenticator());
        security.setLoginService(login);
        ConstraintMapping mapping = new ConstraintMapping();
        mapping.setPathSpec("/private/*");
        mapping.setConstraint(Constraint.from("user", "user"));
        security.addConstraintMapping(mapping);
        context.setSecurityHandler(security);
    }

    private static void describe(WebApp app, ServletContextHandler context) {
        for (WebApp.Described filter : app.described()) {
            FilterHolder holder =
                    filter.instance().map(FilterHolder::new).orElseGet(() -> new FilterHolder(filter.type()));
            holder.setName(filter.name());
            holder.setAsyncSupported(true);
            filter.params().forEach(holder::setInitParameter);
            FilterMapping mapping = new FilterMapping();
            mapping.setFilterName(filter.name());
            mapping.setPathSpec("/*");
            context.getServletHandler().addFilter(holder, mapping);
        }
        ErrorPageErrorHandler pages = new ErrorPageErrorHandler();
        app.statusPages().forEach((status, path) -> pages.addErrorPage((int) status, path));
        app.exceptionPages().forEach((type, path) -> pages.addErrorPage(type, path));
        context.setErrorHandler(pages);
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
