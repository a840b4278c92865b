// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ErrorPage;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;

/** Undertow inside this JVM, for applications in which the container asks nobody who is calling. */
final class EmbeddedUndertow implements Container {

    private final DeploymentManager deployed;
    private final Undertow server;

    private EmbeddedUndertow(DeploymentManager deployed, Undertow server) {
        this.deployed = deployed;
        this.server = server;
    }

    static Container start(WebApp app, Path folder) throws ServletException {
        if (app.hasBasicAuthentication()) {
            throw new IllegalArgumentException("this Undertow knows no users; use TOMCAT or JETTY");
        }
        ServletContainerInitializer initializer = (types, context) -> {
            app.described().forEach(filter -> add(filter, context));
            app.onStartup(context);
        };
        DeploymentInfo info = Servlets.deployment()
                .setClassLoader(EmbeddedUndertow.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("test")
                .setTempDir(folder.toFile())
                .setEagerFilterInit(true)
                .addServletContainerInitializer(new ServletContainerInitializerInfo(
                        initializer.getClass(), new ImmediateInstanceFactory<>(initializer), Set.of()));
        app.statusPages().forEach((status, path) -> info.addErrorPage(new ErrorPage(path, status)));
        app.exceptionPages().forEach((type, path) -> info.addErrorPage(new ErrorPage(path, type)));
        DeploymentManager deployed = Servlets.newContainer().addDeployment(info);
        deployed.deploy();
        Undertow server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1", deployed.start())
                .build();
        server.start();
        return new EmbeddedUndertow(deployed, server);
    }

    /* Undertow reads no web.xml. It says that null is what a mapping without a dispatcher is. */
    private static void add(WebApp.Described filter, ServletContext context) {
        FilterRegistration.Dynamic registration = filter.instance()
                .map(instance -> context.addFilter(filter.name(), instance))
                .orElseGet(() -> context.addFilter(filter.name(), filter.type()));
        registration.setAsyncSupported(true);
        registration.setInitParameters(filter.params());
        registration.addMappingForUrlPatterns(null, true, "/*");
    }

    @Override
    public int port() {
        return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    }

    @Override
    public void close() {
        server.stop();
        try {
            deployed.stop();
        } catch (ServletException e) {
            throw new IllegalStateException(e);
        } finally {
            deployed.undeploy();
        }
    }
}
