// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import jakarta.servlet.Filter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.http.fileupload.FileUtils;
import org.jspecify.annotations.Nullable;

/** Tomcat with its defaults, but for the number of threads and for connections that are never closed. */
final class TomcatServer implements WebServer {

    private final Tomcat tomcat;
    private final Path folder;

    private TomcatServer(Tomcat tomcat, Path folder) {
        this.tomcat = tomcat;
        this.folder = folder;
    }

    /** Starts one; the filter may be none. */
    static WebServer start(@Nullable Filter filter, Map<String, String> parameters) throws Exception {
        Path folder = Files.createTempDirectory("weir-bench");
        Tomcat tomcat = new Tomcat();
        TomcatServer server = new TomcatServer(tomcat, folder);
        tomcat.setBaseDir(folder.toString());
        tomcat.setSilent(true);
        tomcat.setConnector(connector());
        Context context = tomcat.addContext("", folder.toString());
        Wrapper hello = Tomcat.addServlet(context, "hello", new HelloServlet());
        hello.setAsyncSupported(true);
        hello.addMapping(PATH);
        if (filter != null) {
            add(context, filter, parameters);
        }
        try {
            tomcat.start();
            if (context.getState() != LifecycleState.STARTED) {
                throw new LifecycleException("the application did not start");
            }
            return server;
        } catch (LifecycleException e) {
            server.close();
            throw e;
        }
    }

    private static Connector connector() {
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxThreads", Integer.toString(THREADS));
        connector.setProperty("minSpareThreads", Integer.toString(THREADS));
        connector.setProperty("maxKeepAliveRequests", "-1");
        return connector;
    }

    private static void add(Context context, Filter filter, Map<String, String> parameters) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("limiter");
        definition.setFilterClass(filter.getClass().getName());
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        parameters.forEach(definition::addInitParameter);
        context.addFilterDef(definition);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName("limiter");
        mapping.addURLPattern("/*");
        context.addFilterMap(mapping);
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() throws IOException {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IOException("Tomcat did not stop", e);
        } finally {
            FileUtils.deleteDirectory(folder.toFile());
        }
    }
}
