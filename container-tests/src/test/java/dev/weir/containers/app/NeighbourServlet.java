// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.TreeMap;

/** Uses the libraries that the application carries, by reflection, because this build has others of the same names. */
public final class NeighbourServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        response.setContentType("text/plain");
        try {
            response.getWriter()
                    .print("netty " + netty() + " jackson " + jackson() + " slf4j " + slf4j() + " lettuce "
                            + lettuce(request.getParameter("redis")));
        } catch (ReflectiveOperationException e) {
            throw new ServletException(e);
        }
    }

    private static Object netty() throws ReflectiveOperationException {
        Object all =
                Class.forName("io.netty.util.Version").getMethod("identify").invoke(null);
        Object common = new TreeMap<>((java.util.Map<?, ?>) all).get("netty-common");
        return common.getClass().getMethod("artifactVersion").invoke(common);
    }

    private static Object jackson() throws ReflectiveOperationException {
        Class<?> mapper = Class.forName("com.fasterxml.jackson.databind.ObjectMapper");
        Object made = mapper.getConstructor().newInstance();
        mapper.getMethod("readTree", String.class).invoke(made, "{\"a\": [1, 2]}");
        return mapper.getMethod("version").invoke(made);
    }

    private static Object slf4j() throws ReflectiveOperationException {
        Class<?> factory = Class.forName("org.slf4j.LoggerFactory");
        Object logger = factory.getMethod("getLogger", String.class).invoke(null, "neighbour");
        Class.forName("org.slf4j.Logger").getMethod("info", String.class).invoke(logger, "The application logs.");
        return Class.forName("org.slf4j.impl.StaticLoggerBinder")
                .getField("REQUESTED_API_VERSION")
                .get(null);
    }

    private static Object lettuce(String uri) throws ReflectiveOperationException {
        Class<?> type = Class.forName("io.lettuce.core.RedisClient");
        Object client = type.getMethod("create", String.class).invoke(null, uri);
        try {
            Object connection = type.getMethod("connect").invoke(client);
            Object commands = Class.forName("io.lettuce.core.api.StatefulRedisConnection")
                    .getMethod("sync")
                    .invoke(connection);
            return Class.forName("io.lettuce.core.api.sync.BaseRedisCommands")
                    .getMethod("ping")
                    .invoke(commands);
        } finally {
            type.getMethod("shutdown").invoke(client);
        }
    }
}
