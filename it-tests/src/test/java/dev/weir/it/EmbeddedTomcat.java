// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.authenticator.BasicAuthenticator;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.descriptor.web.LoginConfig;
import org.apache.tomcat.util.descriptor.web.SecurityCollection;
import org.apache.tomcat.util.descriptor.web.SecurityConstraint;

/** Tomcat inside this JVM. */
final class EmbeddedTomcat implements Container {

    private final Tomcat tomcat;

    private EmbeddedTomcat(Tomcat tomcat) {
        this.tomcat = tomcat;
    }

    static Container start(WebApp app, Path folder) throws LifecycleException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setSilent(true);
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxThreads", "20");
        connector.setProperty("maxHttpRequestHeaderSize", Integer.toString(app.maxHeaderBytes()));
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", app.root().orElse(folder).toString());
        context.addServletContainerInitializer((types, started) -> app.onStartup(started), Set.of());
        describe(app, context);
        if (app.hasBasicAuthentication()) {
            authenticate(tomcat, context);
        }
        EmbeddedTomcat started = new EmbeddedTomcat(tomcat);
        try {
            tomcat.start();
            if (context.getState() != LifecycleState.STARTED) {
                throw new LifecycleException("the application did not start");
            }
        } catch (LifecycleException e) {
            started.close();
            throw e;
        }
        return started;
    }

    private static void authenticate(Tomcat tomcat, Context context) {
        tomcat.addUser("carol", "right");
        tomcat.addRole("carol", "user");
        SecurityCollection paths = new SecurityCollection();
        paths.addPattern("/private/*");
        SecurityConstraint constraint = new SecurityConstraint();
        constraint.addCollection(paths);
        constraint.addAuthRole("user");
        context.addConstraint(constraint);
        context.addSecurityRole("user");
        context.setLoginConfig(new LoginConfig("BASIC", "test", null, null));
        context.getPipeline().addValve(new BasicAuthenticator());
    }

    private static void describe(WebApp app, Context context) {
        for (WebApp.Described filter : app.described()) {
            FilterDef definition = new FilterDef();
            definition.setFilterName(filter.name());
            definition.setFilterClass(filter.type().getName());
            filter.instance().ifPresent(definition::setFilter);
            definition.setAsyncSupported("true");
            filter.params().forEach(definition::addInitParameter);
            context.addFilterDef(definition);
            FilterMap mapping = new FilterMap();
            mapping.setFilterName(filter.name());
            mapping.addURLPattern("/*");
            context.addFilterMap(mapping);
        }
        app.statusPages().forEach((status, path) -> {
            ErrorPage page = new ErrorPage();
            page.setErrorCode(status);
            page.setLocation(path);
            context.addErrorPage(page);
        });
        app.exceptionPages().forEach((type, path) -> {
            ErrorPage page = new ErrorPage();
            page.setExceptionType(type.getName());
            page.setLocation(path);
            context.addErrorPage(page);
        });
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }
}
