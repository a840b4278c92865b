// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers of a cluster say of each other. */
class TopologyTest {

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void everyRangeHasItsMaster_andReplicasAreKnown() {
        Topology topology = Topology.of(
                List.of(
                        List.of(
                                0L,
                                8191L,
                                List.of(text("10.0.0.1"), 6379L, text("id")),
                                List.of(text("10.0.0.2"), 6379L)),
                        List.of(8192L, 16383L, List.of(text(""), 7000L))),
                "asked");
        assertThat(topology.ranges())
                .containsExactly(
                        new Topology.Range(0, 8191, new Topology.Node("10.0.0.1", 6379)),
                        new Topology.Range(8192, 16383, new Topology.Node("asked", 7000)));
        assertThat(topology.nodes()).hasSize(3).contains(new Topology.Node("10.0.0.2", 6379));
    }

    @Test
    void whatIsNoAnswer_isRefused() {
        List<Object> server = List.of(text("h"), 1L);
        for (List<?> reply : List.of(
                List.of("text"),
                List.of(List.of(0L, 1L)),
                List.of(List.of(0L, 16384L, server)),
                List.of(List.of(-1L, 1L, server)),
                List.of(List.of(0L, 1L, List.of(text("h"), 0L))),
                List.of(List.of(0L, 1L, List.of(text("h"), 65536L))),
                List.of(List.of(0L, 1L, List.of(text("h")))),
                List.of(List.of(0L, 1L, "server")))) {
            assertThatThrownBy(() -> Topology.of(reply, "asked"))
                    .as("%s", reply)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** So Redis 6.2 and 7.0 name a server without a port for plain text, if it is not told that its cluster speaks TLS. */
    @Test
    void serverWithoutAPort_isToldTheRemedy() {
        List<?> reply = List.of(List.of(0L, 1L, List.of(text(""), 0L, text("id"))));
        assertThatThrownBy(() -> Topology.of(reply, "asked")).hasMessageContaining("set tls-cluster yes");
    }

    @Test
    void redirections_nameTheirServer() {
        assertThat(Topology.target("MOVED 3999 127.0.0.1:6381", "asked"))
                .isEqualTo(new Topology.Node("127.0.0.1", 6381));
        assertThat(Topology.target("ASK 3999 ::1:6381", "asked")).isEqualTo(new Topology.Node("::1", 6381));
        assertThat(Topology.target("MOVED 3999 :6381", "asked")).isEqualTo(new Topology.Node("asked", 6381));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"MOVED", "MOVED 1", "MOVED 1 host", "MOVED 1 host:", "MOVED 1 host:port", "ASK 1 host:123456"})
    void redirectionsToNowhere_areRefused(String error) {
        assertThatThrownBy(() -> Topology.target(error, "asked")).isInstanceOf(IllegalArgumentException.class);
    }
}
