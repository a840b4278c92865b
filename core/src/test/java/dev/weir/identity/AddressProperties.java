// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What must hold of every text in a forwarding header, whoever made it up: a naive walk with a foreign parser agrees. */
final class AddressProperties {

    private static final String PEER = "10.0.0.1";
    private static final List<IpNetwork> TRUSTED = List.of(IpNetwork.of("10.0.0.0/8"), IpNetwork.of("2001:db8:a::/48"));
    private static final ClientAddressResolver X_FORWARDED_FOR = new ClientAddressResolver(TRUSTED, "X-Forwarded-For");
    private static final ClientAddressResolver FORWARDED = new ClientAddressResolver(TRUSTED, "Forwarded");

    private static final Pattern BRACKETS =
            Pattern.compile("\\[([^\\[\\]%]*:[^\\[\\]%]*)(?:%[^\\]]+)?](?::[0-9]{1,5})?");
    private static final Pattern V4 = Pattern.compile("([^:%\\[\\]]*)(?::[0-9]{1,5})?");
    private static final Pattern V6 = Pattern.compile("([^%\\[\\]]*:[^%\\[\\]]*)(?:%.+)?", Pattern.DOTALL);
    private static final Pattern FOR = Pattern.compile("(?is)\\s*for\\s*=(.*)");
    private static final Pattern VALUE = Pattern.compile("\"([^\"]*)\"|[^\"]*");

    private AddressProperties() {}

    /** Checks one text as a literal, as a hop, and as either header. */
    static void check(String text) {
        try {
            String ours = text(IpAddress.parse(text));
            same(ours, IpLiteralOracleTest.guava(text), "Guava", text);
            same(ours, IpLiteralOracleTest.ipaddress(text), "ipaddress", text);
            same(text(Hop.parse(text)), hop(text), "naive hop", text);
            checkWalk(X_FORWARDED_FOR, "X-Forwarded-For", text, false);
            checkWalk(FORWARDED, "Forwarded", text, true);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static void checkWalk(ClientAddressResolver resolver, String header, String text, boolean rfc7239)
            throws UnknownHostException {
        FakeRequest request = FakeRequest.get("/").from(PEER).with(header, text.split("\n", -1));
        String found = text(resolver.resolve(request));
        same(found, walk(text, rfc7239), "naive walk of " + header, text);
        FakeRequest stranger = FakeRequest.get("/").from("203.0.113.77").with(header, text.split("\n", -1));
        same(text(resolver.resolve(stranger)), "203.0.113.77", "an untrusted peer", text);
    }

    /** All hops at once, from the right; a line break begins another line of the header. */
    private static String walk(String text, boolean rfc7239) throws UnknownHostException {
        String last = PEER;
        int looked = 0;
        List<String> elements = new ArrayList<>(List.of(text.split("[,\n]", -1)));
        Collections.reverse(elements);
        for (String element : elements.subList(0, Math.min(elements.size(), ClientAddressResolver.MAX_HOPS))) {
            looked += element.length() + 1;
            String node = rfc7239 ? node(element) : element;
            String hop = node == null || looked > ClientAddressResolver.MAX_LENGTH ? null : hop(node);
            if (hop == null) {
                return last;
            }
            last = hop;
            if (!IpNetwork.anyContains(TRUSTED, IpAddress.of(hop))) {
                return hop;
            }
        }
        return last;
    }

    private static String node(String element) {
        List<String> values = Stream.of(element.split(";", -1))
                .map(FOR::matcher)
                .filter(Matcher::matches)
                .map(pair -> pair.group(1).strip())
                .toList();
        Matcher value = VALUE.matcher(values.size() == 1 ? values.get(0) : "\"");
        return value.matches() ? value.group(1) == null ? value.group() : value.group(1) : null;
    }

    private static String hop(String token) throws UnknownHostException {
        String text = token.replaceAll("^[ \t]+|[ \t]+$", "");
        if (text.length() > 64) {
            return null;
        }
        boolean v4 = text.chars().filter(c -> c == ':').count() < 2;
        Matcher form = (text.startsWith("[") ? BRACKETS : v4 ? V4 : V6).matcher(text);
        return form.matches() ? IpLiteralOracleTest.guava(form.group(1)) : null;
    }

    private static String text(IpAddress address) {
        return address == null ? null : address.toString();
    }

    private static void same(String ours, String theirs, String who, String text) {
        if (!Objects.equals(ours, theirs)) {
            throw new AssertionError("<" + text + "> is " + ours + ", but for " + who + " it is " + theirs);
        }
    }
}
