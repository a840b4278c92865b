// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out what our user lacks of the rights that docs/operations.md names, before a charge does: of a script that is refused a
 * command, Redis does not say which. It changes nothing, and waits for nothing. Thread-safe.
 */
final class Rights {

    /** What the script that charges, and all else, runs beside EVAL and EVALSHA. */
    static final List<String> OF_SCRIPTS =
            words("time get mget set setex setrange expire psetex del lindex llen lset lpush"
                    + " lpop rpush lrem ltrim zadd zrem zrange zrangebyscore zremrangebyscore zcount zcard zscore pexpire"
                    + " hget hset hdel hlen hexists hincrby hgetall");

    /** The same of compare-and-swap. */
    static final List<String> OF_SWAPS = words("time get set psetex del zadd zrem zremrangebyscore zcard pexpire"
            + " hget hset hdel hlen hexists hincrby hgetall");

    /** What a cluster needs beside. */
    static final List<String> OF_CLUSTERS = words("cluster|slots cluster|info asking");

    private static final Pattern USER = Pattern.compile("[a-z+-]+://([^:@/]+):\\*");

    private static final byte[] NO_SCRIPT = bytes("0".repeat(40)); // the digest of none

    /**
     * What a user may not do.
     *
     * @param commands the commands that it may not run
     * @param keys whether it may not touch keys that begin with our namespace
     * @param open whether there was no answer that says it for good
     */
    private record Lack(List<String> commands, boolean keys, boolean open) {

        static final Lack NOTHING = new Lack(List.of(), false, false);
        static final Lack UNKNOWN = new Lack(List.of(), false, true);

        Lack and(Lack other) {
            List<String> both = new ArrayList<>(commands);
            both.addAll(other.commands);
            return new Lack(both, keys || other.keys, open || other.open);
        }

        boolean isNothing() {
            return commands.isEmpty() && !keys;
        }
    }

    private final Script script = Script.load("rights.lua", "");
    private final RedisKeys keys;
    private final List<String> needed;
    private final ServerCheck check;

    /** @param needed the commands that are to be tried, as the script knows them */
    Rights(RedisKeys keys, List<String> needed, ServerCheck check) {
        this.keys = keys;
        this.needed = needed;
        this.check = check;
    }

    /** {@return what a store needs, as the manual names it} */
    static List<String> needed(boolean swaps, boolean cluster) {
        List<String> needed = new ArrayList<>(swaps ? OF_SWAPS : OF_SCRIPTS);
        if (cluster) {
            needed.addAll(OF_CLUSTERS);
        }
        return List.copyOf(needed);
    }

    /** {@return what warns} */
    ServerCheck check() {
        return check;
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Asks a server, and warns of what is lacking.
     *
     * @param done told, on a thread of Lettuce's, whether there is nothing more to be found out on this connection
     */
    void look(Link link, Consumer<Boolean> done) {
        RedisAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            done.accept(false);
            return;
        }
        String user = user(link.uri()); // here, because the application may have to ask somebody for it
        CompletableFuture<Lack> byDigest = ask(commands, CommandType.EVALSHA, NO_SCRIPT, new byte[0][]);
        CompletableFuture<Lack> byText = ask(commands, CommandType.EVAL, script.text(), values());
        CompletableFuture<?> unused = byDigest.thenCombine(byText, Lack::and).thenAccept(lack -> {
            if (!lack.isNothing()) {
                check.rights(user, lack.commands(), lack.keys(), keys.namespace());
            }
            done.accept(lack.isNothing() && !lack.open());
        });
    }

    private byte[][] values() {
        byte[][] values = new byte[needed.size() + 1][];
        values[0] = keys.single("rights");
        for (int i = 0; i < needed.size(); i++) {
            values[i + 1] = bytes(needed.get(i));
        }
        return values;
    }

    private CompletableFuture<Lack> ask(
            RedisAsyncCommands<byte[], byte[]> commands, CommandType command, byte[] what, byte[][] values) {
        CommandArgs<byte[], byte[]> arguments =
                new CommandArgs<>(ByteArrayCodec.INSTANCE).add(what).add(0).addValues(values);
        try {
            return commands.dispatch(command, new Numbers(), arguments)
                    .toCompletableFuture()
                    .handle((denials, failure) -> failure == null ? lack(denials) : lack(command, failure));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(Lack.UNKNOWN); // the connection has ended again
        }
    }

    private Lack lack(long[] denials) {
        List<String> denied = new ArrayList<>();
        boolean foreign = false;
        for (int i = 0; i < Math.min(denials.length, needed.size()); i++) {
            if (denials[i] == 1) {
                denied.add(needed.get(i));
            }
            foreign |= denials[i] == 2;
        }
        return new Lack(denied, foreign, false);
    }

    private static Lack lack(CommandType command, Throwable failure) {
        Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(why instanceof RedisCommandExecutionException)
                || why instanceof RedisBusyException
                || why instanceof RedisLoadingException) {
            return Lack.UNKNOWN;
        }
        return String.valueOf(why.getMessage()).startsWith("NOPERM")
                ? new Lack(List.of(command.name().toLowerCase(Locale.ROOT)), false, false)
                : Lack.NOTHING; // it does not know the script, or no scripts at all
    }

    /* Design: the name is read from what Lettuce prints, with the password masked. The other way to it is a type of Reactor's, a
     * module that ours would have to read for this alone. */
    private static String user(RedisURI uri) {
        Matcher printed = USER.matcher(uri.toString());
        return printed.lookingAt() ? printed.group(1) : "default";
    }
}
