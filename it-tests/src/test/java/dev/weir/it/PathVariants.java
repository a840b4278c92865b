// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Request targets that could be taken for {@code /api/login} or for a file of JSON by one who reads them differently. */
final class PathVariants {

    private static final List<String> WHOLE = words("""
            /api/login /api/login?x=/../y /api/login? /api/login#fragment /api/login#?x /api/login%23
            /api/login%3f /api/login%3Fx=1 * / api/login ?/api/login #/api/login ;/api/login
            http://127.0.0.1/api/login http://evil.example/api/login http://127.0.0.1//api/login
            http://127.0.0.1/api/./login http://127.0.0.1/api/login;x=1 http://127.0.0.1/%61pi/login
            http://127.0.0.1:1/api/login http://user@127.0.0.1/api/login http://127.0.0.1?/api/login
            http:///api/login http:/api/login HTTP://127.0.0.1/api/login https://127.0.0.1/api/login
            ftp://127.0.0.1/api/login file:///api/login //127.0.0.1/api/login ///127.0.0.1/api/login
            /http://127.0.0.1/api/login /x/..;/api/login /..;/api/login /x/..;y=1/api/login
            /x/%2e%2e;y/api/login /..%2fapi/login /x/..%2f..%2fapi/login /x%2f..%2fapi/login /%2e%2e%2fapi/login
            /%252e%252e/api/login /..%c0%afapi/login /%c0%ae%c0%ae/api/login /%uff0e%uff0e/api/login
            /..\\api\\login \\api\\login /\\api/login /api\\..\\api/login /WEB-INF/../api/login
            /META-INF/%2e%2e/api/login /api/login/../login /api/login/x/.. /api/login/./ /api/x/../../api/login
            /../../../api/login /./././api/./././login/. /api/login.json /api/login/.json /api/login;.json
            /api/login%3b.json /x.json /x.json/ /x.JSON /x.json;y /x%2ejson /x.%6ason /x.json%00 /x.json%20
            /x.json. /y/../x.json //x.json /y//x.json
            """);

    /** What may stand before, between and behind the two names. */
    private static final List<String> SLASHES = words("""
            / // /// /./ /.// /%2e/ /%2E/ /x/../ /x/%2e%2e/ /x/.%2e/ /x/%2E./ ;/ ;v=1/ /;/ /;x=1/ ;;/ ;a=b;c=d/
            ;%2f/ %2f %2F /%2f %2f/ %252f \\ %5c %5C /%5c /.;/ /.;x/ /..;/ /...;/ /.../ %c0%af %e0%80%af
            %f0%80%80%af \u00c0\u00af %ef%bc%8f %e2%88%95 /%00/ /%09/ /%20/ /%e2%80%8b /%ef%bb%bf /%c2%ad
            /\u0001 /%01 /%7f %
            """);

    private static final List<String> ENDS = words("""
            / // /. /.. /../ /./ ; ;x ;x=1;y=2 ;/ /;x=1 /; ;%00 %00 %01 %09 %0a %0d%0a %1f %20 + . .. ... %2e
            %2e%2e /%2e /%2e%2e /%2E/ %2f %2F /%2f %5c \\ %3b %3bx %3B %7f %85 %c2%85 %e2%80%a8 %e2%80%8b %ff
            %c3 % %2 %zz %u0000 ~ * ** ::$DATA %3a%3a$DATA , &x = @ ! ' | ^ ` {} \u00e9
            """);

    private static final List<String> LOGINS = words("""
            %6cogin %6Cogin l%6fgin %6c%6f%67%69%6e %6C%6F%67%69%6E %256cogin %25%36%63ogin %u006cogin LOGIN
            Login logIn log\u0131n log%c4%b1n %ef%bd%8cogin %c1%acogin %e0%81%acogin lo%00gin lo%0agin
            log%cc%87in l%c2%adogin lo%e2%80%8bgin login%ef%bf%bd lo;x=1gin lo%3bgin
            """);

    private PathVariants() {}

    private static List<String> words(String text) {
        return List.of(text.strip().split("[ \n]+"));
    }

    static List<String> all() {
        Set<String> variants = new LinkedHashSet<>(WHOLE);
        variants.add("");
        for (String slash : SLASHES) {
            variants.add(slash + "api/login");
            variants.add("/api" + slash + "login");
            variants.add(slash + "api" + slash + "login" + slash);
        }
        for (String end : ENDS) {
            variants.add("/api/login" + end);
            variants.add("/api" + end + "/login");
            variants.add("//%61pi;x/./login" + end);
        }
        for (String login : LOGINS) {
            variants.add("/api/" + login);
            variants.add("/api/./" + login + ";x/");
            variants.add("/" + login.replace("login", "api") + "/../api/" + login);
        }
        return new ArrayList<>(variants);
    }
}
