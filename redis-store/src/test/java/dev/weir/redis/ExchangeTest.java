// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testkit.ManualClock;
import io.github.bucket4j.distributed.proxy.RetryDecision;
import io.github.bucket4j.distributed.proxy.RetryStrategy.RetryMetadata;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When an attempt is made again, and when no more. */
class ExchangeTest {

    private static final Duration DEADLINE = Duration.ofMillis(25);
    private static final Duration LONGEST = Duration.ofMillis(8);

    private final ManualClock time = new ManualClock();

    private RetryDecision after(Exchange exchange, int attempt) {
        return exchange.shouldRetry(new RetryMetadata(attempt, new byte[0], 0, 0));
    }

    @Test
    void pauses_areOfRandomLengthAndStopWithTheAttemptsOrTheTime() {
        try (StatefulRedisConnection<byte[], byte[]> open =
                TestRedis.CLIENT.connect(ByteArrayCodec.INSTANCE, TestRedis.URI)) {
            Exchange exchange = new Exchange(open.async(), Exchange.Clock.OF_SERVER, time, DEADLINE.toNanos());
            for (int attempt = 1; attempt < Exchange.MOST_ATTEMPTS; attempt++) {
                RetryDecision again = after(exchange, attempt);
                assertThat(again.shouldRetry()).isTrue();
                assertThat(again.getDelay()).isBetween(Duration.ZERO, LONGEST);
            }
            assertThat(IntStream.range(0, 100)
                            .mapToObj(i -> after(exchange, 10).getDelay())
                            .distinct()
                            .count())
                    .as("those who met once part")
                    .isGreaterThan(50);
            assertThat(after(exchange, Exchange.MOST_ATTEMPTS).shouldRetry()).isFalse();
            time.advance(DEADLINE);
            assertThat(after(exchange, 1).shouldRetry()).isFalse();
        }
    }
}
