// SPDX-License-Identifier: Apache-2.0
package dev.weir.boot;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A Spring Boot application with Spring Security and BASIC authentication, on a free port. Closing it stops it. */
final class Shop implements AutoCloseable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final HttpClient HTTP2 =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

    /** What every application of these tests consists of. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Basics {

        @Bean
        SecurityFilterChain security(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .csrf(csrf -> csrf.disable())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("victim")
                            .password("{noop}right")
                            .roles("USER")
                            .build(),
                    User.withUsername("carol")
                            .password("{noop}right")
                            .roles("USER")
                            .build());
        }

        @Bean
        Hello hello() {
            return new Hello();
        }
    }

    /** Answers who is calling. */
    @RestController
    static class Hello {
        @RequestMapping("/**")
        String hello(HttpServletRequest request) {
            return "hello " + request.getUserPrincipal().getName();
        }
    }

    private final ConfigurableApplicationContext context;

    private Shop(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts it; properties are written {@code "name: value"}, as application.yml would have them after it was read. */
    static Shop start(List<Class<?>> more, String... properties) {
        SpringApplication application = new SpringApplication();
        List<Class<?>> sources = new ArrayList<>(more);
        sources.add(Basics.class);
        application.addPrimarySources(sources);
        application.setDefaultProperties(Map.of(
                "server.port",
                "0",
                "server.address",
                "127.0.0.1",
                "spring.main.banner-mode",
                "off",
                "logging.level.root",
                "warn"));
        String[] arguments = List.of(properties).stream()
                .map(property -> "--" + property.replaceFirst(": ", "="))
                .toArray(String[]::new);
        return new Shop(application.run(arguments));
    }

    static Shop start(String... properties) {
        return start(List.of(), properties);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    static String basic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(pair);
    }

    HttpResponse<String> send(String method, String path, String... headers) throws IOException, InterruptedException {
        return send(CLIENT, method, path, headers);
    }

    /** Over HTTP/2 without TLS, where the connection was made by a GET. */
    HttpResponse<String> sendByHttp2(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = send(HTTP2, method, path, headers);
        if (answer.version() != HttpClient.Version.HTTP_2) {
            throw new AssertionError("answered by " + answer.version());
        }
        return answer;
    }

    private HttpResponse<String> send(HttpClient client, String method, String path, String... headers)
            throws IOException, InterruptedException {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, method.equals("POST") ? BodyPublishers.ofString("a=b") : BodyPublishers.noBody());
        for (String header : headers) {
            int colon = header.indexOf(':');
            request.header(
                    header.substring(0, colon), header.substring(colon + 1).strip());
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        context.close();
    }
}
