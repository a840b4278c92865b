// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import dev.weir.identity.Identity;
import dev.weir.plan.Profile;

/** What the demo prints when it has started. */
final class Welcome {

    private Welcome() {}

    static String text(Demo demo) {
        Standings standings = new Standings(demo.limiter());
        StringBuilder text = new StringBuilder();
        text.append("Weir demo: ").append(demo.address()).append("   (Ctrl-C stops it)\n");
        text.append("Configuration: ")
                .append(demo.limiter().configuration().source())
                .append("\nStore: ")
                .append(Standings.store(demo.limiter().configuration().store()))
                .append("\n\nCallers, by \"Authorization: Bearer NAME\":\n");
        for (Caller caller : Caller.ALL) {
            Profile profile = standings.primary(caller.identity(Standings.ADDRESS));
            String tenant = caller.tenant().map(name -> "tenant " + name).orElse("no tenant");
            text.append(String.format("  %-10s %-16s %s%n", caller.name(), tenant, plan(profile)));
        }
        Profile anonymous = standings.primary(Identity.of(null, null, Standings.ADDRESS));
        text.append(String.format("  %-10s %-16s %s%n", "no header", "the address", plan(anonymous)));
        text.append("  Any other name is a 401.\n");
        return text.append(curlLines(demo.address().toString())).toString();
    }

    private static String plan(Profile profile) {
        return profile.tier()
                + (profile.rates().isEmpty() ? "" : ", with numbers of its own")
                + (profile.blocked().isPresent() ? ", blocked" : "");
    }

    private static String curlLines(String address) {
        return """

                Worth trying:
                  curl -i -H 'Authorization: Bearer fred' %1$sapi/hello
                  for i in $(seq 25); do curl -s -o /dev/null -w '%%{http_code} ' -H 'Authorization: Bearer fred' %1$sapi/hello; done; echo
                  curl -i -d user=alice -d password=wrong %1$slogin
                The third is a 401 five times, then a 429; the password that is right is %2$s.
                """.formatted(address, LoginServlet.PASSWORD);
    }
}
