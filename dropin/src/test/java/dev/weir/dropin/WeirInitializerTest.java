// SPDX-License-Identifier: Apache-2.0
package dev.weir.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The filter is registered where there is a configuration for it and nobody says no, and one line says what is done. */
class WeirInitializerTest {

    private static final Logger LOG = Logger.getLogger("dev.weir.dropin");

    private final List<String> lines = new ArrayList<>();
    private final Handler catcher = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOG.addHandler(catcher);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void forget() {
        LOG.removeHandler(catcher);
        LOG.setUseParentHandlers(true);
        System.clearProperty("weir.enabled");
        System.clearProperty("weir.edge");
    }

    private static FakeContext started(FakeContext application) throws ServletException {
        new WeirInitializer().onStartup(Set.of(), application.get());
        return application;
    }

    @Test
    void filter_standsBehindOthersAndTakesRequestsOnly() throws ServletException {
        assertThat(started(new FakeContext().withFile()).registered)
                .containsExactly(
                        "add weir dev.weir.servlet.RateLimitFilter",
                        "setInitParameter config /WEB-INF/weir.yaml",
                        "setInitParameter namespace /shop",
                        "setInitParameter stage identity",
                        "setAsyncSupported true",
                        "addMappingForUrlPatterns [REQUEST] true [/*]");
        assertThat(lines).containsExactly("INFO /shop: Weir limits this application by /WEB-INF/weir.yaml");
    }

    @Test
    void edge_standsBeforeOthersWithTheSameLimits() throws ServletException {
        assertThat(started(new FakeContext().withFile().param("weir.edge", "true")).registered)
                .containsExactly(
                        "add weir dev.weir.servlet.RateLimitFilter",
                        "setInitParameter config /WEB-INF/weir.yaml",
                        "setInitParameter namespace /shop",
                        "setInitParameter stage identity",
                        "setAsyncSupported true",
                        "addMappingForUrlPatterns [REQUEST] true [/*]",
                        "add weir-edge dev.weir.servlet.RateLimitFilter",
                        "setInitParameter config /WEB-INF/weir.yaml",
                        "setInitParameter namespace /shop",
                        "setInitParameter stage edge",
                        "setAsyncSupported true",
                        "addMappingForUrlPatterns [REQUEST] false [/*]");
        assertThat(lines)
                .containsExactly("INFO /shop: Weir limits this application by /WEB-INF/weir.yaml, before and behind its"
                        + " filters");
    }

    @Test
    void edge_isSetForAllAndChangedByOne() throws ServletException {
        System.setProperty("weir.edge", "true");
        assertThat(started(new FakeContext().withFile()).registered).contains("setInitParameter stage edge");
        assertThat(started(new FakeContext().withFile().param("weir.edge", "false")).registered)
                .doesNotContain("setInitParameter stage edge")
                .contains("setInitParameter stage identity");
    }

    @Test
    void wordThatIsNeither_isRefusedForTheEdgeToo() {
        FakeContext application = new FakeContext().withFile().param("weir.edge", "on");
        assertThatThrownBy(() -> started(application))
                .isInstanceOf(ServletException.class)
                .hasMessage("Weir cannot start: the context-param weir.edge must be true or false but was \"on\"");
        assertThat(application.registered).isEmpty();
        System.setProperty("weir.edge", "1");
        assertThatThrownBy(() -> started(new FakeContext().withFile()))
                .hasMessage("Weir cannot start: the system property weir.edge must be true or false but was \"1\"");
    }

    @Test
    void typesOfNothing_areNoTrouble() throws ServletException {
        FakeContext application = new FakeContext().withFile();
        new WeirInitializer().onStartup(null, application.get());
        assertThat(application.registered).isNotEmpty();
    }

    @Test
    void nothing_isRegisteredWithoutConfiguration() throws ServletException {
        assertThat(started(new FakeContext()).registered).isEmpty();
        assertThat(lines)
                .containsExactly(
                        "INFO /shop: Weir limits nothing: there is no configuration; looked for the context-param"
                                + " weir.config, /WEB-INF/weir.yaml, the system property weir.config");
    }

    @Test
    void application_canSayNo() throws ServletException {
        FakeContext application = new FakeContext().withFile().param("weir.enabled", "false");
        assertThat(started(application).registered).isEmpty();
        assertThat(lines).containsExactly("INFO /shop: Weir limits nothing: the context-param weir.enabled is false");
    }

    @Test
    void jvm_canSayNoWhateverTheApplicationSays() throws ServletException {
        System.setProperty("weir.enabled", "false");
        FakeContext application = new FakeContext().withFile().param("weir.enabled", "true");
        assertThat(started(application).registered).isEmpty();
        assertThat(lines).containsExactly("INFO /shop: Weir limits nothing: the system property weir.enabled is false");
    }

    @Test
    void wordThatIsNeither_isRefused() {
        FakeContext application = new FakeContext().withFile().param("weir.enabled", "off");
        assertThatThrownBy(() -> started(application))
                .isInstanceOf(ServletException.class)
                .hasMessage("Weir cannot start: the context-param weir.enabled must be true or false but was \"off\"");
    }

    @Test
    void filterOfTheSameName_isLeftAlone() throws ServletException {
        FakeContext application = new FakeContext().withFile().withFilter("weir", "com.example.Own");
        assertThat(started(application).registered).isEmpty();
        assertThat(lines)
                .containsExactly("INFO /shop: Weir leaves this application alone: it has the filter weir of its own");
    }

    @Test
    void filterOfTheNameOfTheEdge_isLeftAlone() throws ServletException {
        FakeContext application =
                new FakeContext().withFile().param("weir.edge", "true").withFilter("weir-edge", "com.example.Own");
        assertThat(started(application).registered).isEmpty();
        assertThat(lines)
                .containsExactly(
                        "INFO /shop: Weir leaves this application alone: it has the filter weir-edge of its own");
    }

    @Test
    void filterOfTheSameClass_isLeftAlone() throws ServletException {
        FakeContext application = new FakeContext()
                .withFile()
                .withFilter("encoding", "com.example.Encoding")
                .withFilter("limits", RateLimitFilter.class.getName());
        assertThat(started(application).registered).isEmpty();
        assertThat(lines)
                .containsExactly("INFO /shop: Weir leaves this application alone: it has the filter limits of its own");
    }

    @Test
    void filterThatTheContainerRefuses_isLeftAlone() throws ServletException {
        started(new FakeContext().withFile().refusing());
        assertThat(lines)
                .containsExactly("INFO /shop: Weir leaves this application alone: it has the filter weir of its own");
    }

    @Test
    void otherFilters_areNoReason() throws ServletException {
        FakeContext application = new FakeContext().withFile().withFilter("encoding", "com.example.Encoding");
        assertThat(started(application).registered).isNotEmpty();
    }
}
