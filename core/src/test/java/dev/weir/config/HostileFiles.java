// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Files that somebody wrote to hurt their reader. */
final class HostileFiles {

    private static final int MIB = 1 << 20;
    private static final int LEVELS = 100_000;

    private HostileFiles() {}

    /** By name; the ending says whether it is YAML or JSON. */
    static Map<String, byte[]> all() {
        Map<String, String> texts = new LinkedHashMap<>();
        depth(texts);
        aliases(texts);
        scalars(texts);
        crowds(texts);
        texts.put("tabs.yaml", "store:\n\tmax-keys: 5\n");
        texts.put("many-tabs.yaml", "a:\n" + "\t".repeat(MIB - 3));
        texts.put("byte-order-mark.yaml", "\uFEFFrevision: 1\n");
        texts.put("nul.yaml", "revision: 1\0\n");
        texts.put("many-nul.yaml", "\0".repeat(MIB));
        texts.put("nul-in-json.json", "{\"revision\": \0 1}");
        texts.put("escaped-nul.yaml", "store: {namespace: \"a\\0b\\x1b[31m\\u2028\"}");
        Map<String, byte[]> files = new LinkedHashMap<>();
        texts.forEach((name, text) -> files.put(name, text.getBytes(StandardCharsets.UTF_8)));
        files.put("latin-1.yaml", "store: {namespace: k\u00e4se}".getBytes(StandardCharsets.ISO_8859_1));
        files.put("overlong-utf-8.yaml", new byte[] {'a', ':', ' ', (byte) 0xc0, (byte) 0xaf});
        files.put("surrogate-in-utf-8.yaml", new byte[] {'a', ':', ' ', (byte) 0xed, (byte) 0xa0, (byte) 0x80});
        files.put("utf-16.yaml", "\uFEFFrevision: 1\n".getBytes(StandardCharsets.UTF_16BE));
        return files;
    }

    private static void depth(Map<String, String> texts) {
        texts.put("levels-of-lists.yaml", "[".repeat(LEVELS));
        texts.put("levels-of-mappings.yaml", "a: " + "{a: ".repeat(LEVELS));
        texts.put("levels-of-blocks.yaml", "- ".repeat(LEVELS));
        texts.put("levels-of-keys.yaml", "? ".repeat(LEVELS));
        texts.put("levels-by-indentation.yaml", lines(1400, i -> " ".repeat(i) + "a:"));
        texts.put("closed-levels.yaml", "a: " + "[".repeat(LEVELS) + "]".repeat(LEVELS));
        texts.put("levels.json", "{\"a\":".repeat(LEVELS));
        texts.put("levels-of-lists.json", "{\"a\":" + "[".repeat(LEVELS) + "]".repeat(LEVELS) + "}");
        texts.put("half-a-million-levels.yaml", "[".repeat(MIB / 2));
    }

    private static void aliases(Map<String, String> texts) {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(8))
                    .append("*a")
                    .append(i - 1)
                    .append("]\n");
        }
        texts.put("alias-bomb.yaml", bomb.toString());
        texts.put("alias-in-a-loop.yaml", "a: &a\n  b: *a\n");
        texts.put("undefined-alias.yaml", "a: *b\n");
        texts.put("alias-as-key.yaml", "rules: [{name: a, rate: 1/s}]\n*a : 1\n");
        texts.put("merge-bomb.yaml", "a: &a {b: 1}\n" + lines(30_000, i -> "k" + i + ": {<<: *a}"));
        texts.put("many-anchors.yaml", lines(50_000, i -> "k" + i + ": &a" + i + " 1"));
        texts.put("class-tag.yaml", "a: !!javax.script.ScriptEngineManager [x]\n");
    }

    private static void scalars(Map<String, String> texts) {
        String mebibyte = "x".repeat(MIB - 40);
        String nines = "9".repeat(MIB - 40);
        texts.put("long-value.yaml", "store: {namespace: " + mebibyte + "}");
        texts.put("long-quota.yaml", "rules: [{name: a, rate: 1/" + mebibyte + "}]");
        texts.put("long-path.yaml", "rules: [{name: a, rate: 1/s, path: /" + "*a".repeat(MIB / 2 - 40) + "}]");
        texts.put("long-number.yaml", "revision: " + nines);
        texts.put("long-number-in-quota.yaml", "rules: [{name: a, rate: " + nines + "/s}]");
        texts.put("long-fraction.yaml", "revision: 0." + nines);
        texts.put("long-exponent.yaml", "revision: 1e" + nines);
        texts.put("long-sexagesimal.yaml", "revision: 1" + ":59".repeat(MIB / 3 - 20));
        texts.put("long-number.json", "{\"revision\": " + nines + "}");
        texts.put("long-exponent.json", "{\"revision\": 1e999999999}");
        texts.put("long-value.json", "{\"store\": {\"namespace\": \"" + mebibyte + "\"}}");
        texts.put("long-comment.yaml", "#" + mebibyte);
        texts.put("open-quote.yaml", "a: \"" + mebibyte);
        texts.put("open-block.yaml", "a: |\n" + lines(MIB / 8, i -> "  x"));
        texts.put("blank.yaml", " ".repeat(MIB));
        texts.put("line-breaks.yaml", "\n".repeat(MIB));
        texts.put("documents.yaml", "---\n".repeat(MIB / 4));
        texts.put("directives.yaml", "%YAML 1.1\n".repeat(MIB / 10));
        texts.put("colons.yaml", ": ".repeat(MIB / 2));
        texts.put("commas.yaml", "a: [" + ",".repeat(MIB - 10));
        texts.put("marks.yaml", "!".repeat(MIB));
        texts.put("ampersands.yaml", "&".repeat(MIB));
        texts.put("percents.yaml", "%".repeat(MIB));
    }

    /** Many of something, each with a fault that speaks of all the others. */
    private static void crowds(Map<String, String> texts) {
        texts.put("crowd-of-unknown-keys.yaml", lines(90_000, i -> "k" + i + ": x"));
        texts.put(
                "crowd-of-unknown-tiers-many.yaml",
                "tiers:\n" + lines(30_000, i -> " t" + i + ": {}") + "profiles:\n users:\n"
                        + lines(20_000, i -> "  u" + i + ": {tier: x" + i + "}"));
        texts.put(
                "crowd-of-every-profile-against-every-rule.yaml",
                "rules:\n" + lines(100, i -> " - {name: r" + i + ", rate: requests, cost: 9}") + "profiles:\n users:\n"
                        + lines(24_000, i -> "  u" + i + ": {rates: {requests: 1/s}}"));
        texts.put("crowd-of-long-key.yaml", "? " + "k".repeat(MIB / 2) + "\n: {" + crowd() + "}");
        texts.put("crowd-of-long-keys.json", longKeys());
        texts.put(
                "crowd-of-long-names-of-users.yaml",
                "profiles:\n users:\n  ? " + "k".repeat(MIB / 2) + "\n  : {" + crowd() + "}");
        texts.put("crowd-of-rules.yaml", "rules:\n" + lines(50_000, i -> " - {name: a}"));
        texts.put("crowd-of-duplicates.yaml", lines(150_000, i -> "a: 1"));
        texts.put("crowd-of-proxies.yaml", "identity: {ip: {trusted-proxies: [" + "1.2.3.4/33,".repeat(90_000) + "]}}");
    }

    private static String crowd() {
        return IntStream.range(0, 50_000).mapToObj(i -> "a" + i + ": 1").collect(Collectors.joining(","));
    }

    private static String longKeys() {
        String key = "\"" + "k".repeat(49_000) + "\":";
        return "{" + (key + "{").repeat(8)
                + IntStream.range(0, 50_000).mapToObj(i -> "\"a" + i + "\":1").collect(Collectors.joining(","))
                + "}".repeat(9);
    }

    private static String lines(int count, IntFunction<String> line) {
        return IntStream.range(0, count).mapToObj(line).collect(Collectors.joining("\n", "", "\n"));
    }
}
