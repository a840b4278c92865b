// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.api.async.RedisAsyncCommands;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks nodes of a cluster who has which slots. */
final class Views {

    private static final Logger LOG = System.getLogger("dev.weir.redis");

    /** What a node says of the cluster, and whether it takes part in it: one that is cut off from the others knows only how it was. */
    private record View(Topology topology, boolean isPart) {}

    /** A node that was asked. */
    private record Question(Link link, Future<String> info, Future<List<Object>> slots) {}

    private static final int AT_ONCE = 3;

    private Views() {}

    /**
     * Asks three at a time until one answers who takes part, and believes that one, else the first who answers. The time is for all of
     * them together: who has not answered when one has had it will not, as they were asked at once, and then nobody else is asked.
     *
     * @param silent told why one has not answered
     * @return what is believed, or null if nobody knows
     */
    static @Nullable Topology ask(List<Link> nodes, long waitNanos, Consumer<Throwable> silent) {
        Topology first = null;
        long left = waitNanos;
        for (int from = 0; from < nodes.size() && left > 0; from += AT_ONCE) {
            for (Question question : questions(nodes.subList(from, Math.min(from + AT_ONCE, nodes.size())))) {
                View view = view(question, left, silent);
                left = question.slots.isDone() && question.info.isDone() ? left : 0;
                if (view == null || view.topology.ranges().isEmpty()) {
                    continue; // or it has been expelled, or knows nobody yet
                }
                if (view.isPart) {
                    return view.topology;
                }
                first = first == null ? view.topology : first;
            }
        }
        return first;
    }

    private static List<Question> questions(List<Link> nodes) {
        List<Question> asked = new ArrayList<>();
        for (Link link : nodes) {
            RedisAsyncCommands<byte[], byte[]> commands = link.commands();
            if (commands != null) {
                asked.add(new Question(link, commands.clusterInfo(), commands.clusterSlots()));
            }
        }
        return asked;
    }

    private static @Nullable View view(Question question, long waitNanos, Consumer<Throwable> silent) {
        String host = question.link.uri().getHost();
        try {
            List<Object> slots = question.slots.get(waitNanos, TimeUnit.NANOSECONDS);
            boolean isPart = question.info.get(waitNanos, TimeUnit.NANOSECONDS).contains("cluster_state:ok");
            return new View(Topology.of(slots, host), isPart);
        } catch (TimeoutException | ExecutionException | IllegalArgumentException e) {
            silent.accept(e);
            LOG.log(Level.DEBUG, "Redis at " + host + " did not say who has which slots.", e);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
