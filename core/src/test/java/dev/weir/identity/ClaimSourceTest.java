// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.Principal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Claims of tokens that somebody else has checked, whatever class shows them. */
@SuppressWarnings("TypeParameterUnusedInFormals") // as MicroProfile has it
class ClaimSourceTest {

    /** As MicroProfile's JsonWebToken: an interface that anybody may implement. */
    public interface Token extends Principal {
        <T> T getClaim(String name);
    }

    /** As Spring Security's tokens: a public class above the one that is there. */
    public abstract static class TokenAuthentication implements Principal {
        public abstract Map<String, Object> getTokenAttributes();

        @Override
        public String getName() {
            return "sub";
        }
    }

    private static final class Hidden extends TokenAuthentication {
        private final Map<String, Object> claims;

        Hidden(Map<String, Object> claims) {
            this.claims = claims;
        }

        @Override
        public Map<String, Object> getTokenAttributes() {
            return claims;
        }
    }

    private static final class HiddenToken implements Token {
        private final Map<String, Object> claims;

        HiddenToken(Map<String, Object> claims) {
            this.claims = claims;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T getClaim(String name) {
            return (T) claims.get(name);
        }

        @Override
        public String getName() {
            return "sub";
        }
    }

    private static final Map<String, Object> CLAIMS = new LinkedHashMap<>();

    static {
        CLAIMS.put("tid", "acme");
        CLAIMS.put("number", 42);
        CLAIMS.put("uuid", new UUID(1, 2));
        CLAIMS.put("one", List.of("acme"));
        CLAIMS.put("none", List.of());
        CLAIMS.put("two", List.of("acme", "globex"));
        CLAIMS.put("array", new String[] {"acme"});
        CLAIMS.put("org", Map.of("id", "o1", "name", "Acme", "teams", List.of(Map.of("id", "t1"))));
        CLAIMS.put("organization", Map.of("acme", Map.of("id", "o1")));
        CLAIMS.put("organizations", Map.of("acme", Map.of("id", "o1"), "globex", Map.of("id", "o2")));
        CLAIMS.put("https://example.com/tenant", "acme");
        CLAIMS.put("https://example.com/app", Map.of("tenant", "globex"));
        CLAIMS.put("object", new Object());
        CLAIMS.put("nothing", null);
    }

    private static List<Principal> principals() {
        return List.of(new Hidden(CLAIMS), new HiddenToken(CLAIMS));
    }

    private static void assertFinds(String path, String name) {
        for (Principal principal : principals()) {
            assertThat(IdentitySource.claim(path).find(FakeRequest.get("/").principal(principal)))
                    .as(path + " of " + principal.getClass().getSimpleName())
                    .isEqualTo(name);
        }
    }

    @Test
    void claim_isFoundByName() {
        assertFinds("tid", "acme");
        assertFinds("number", "42");
        assertFinds("uuid", new UUID(1, 2).toString());
        assertFinds("https://example.com/tenant", "acme");
    }

    @Test
    void claim_isFoundByPath() {
        assertFinds("org.id", "o1");
        assertFinds("org.teams.id", "t1");
        assertFinds("organization.*.id", "o1");
        assertFinds("https://example.com/app.tenant", "globex");
    }

    @Test
    void listsAndObjectsOfOne_nameIt() {
        assertFinds("one", "acme");
        assertFinds("array", "acme");
        assertFinds("organization", "acme");
    }

    @Test
    void whatIsNotThereOrAmbiguous_namesNobody() {
        for (String path : List.of(
                "none",
                "two",
                "organizations",
                "organizations.*.id",
                "org",
                "object",
                "nothing",
                "absent",
                "tid.id",
                "org.absent",
                "absent.id",
                "org.",
                ".id",
                "..",
                "*",
                "org..id")) {
            assertFinds(path, null);
        }
    }

    @Test
    void principalWithoutClaims_namesNobody() {
        assertThat(IdentitySource.claim("tid").find(FakeRequest.get("/").user("carol")))
                .isNull();
        assertThat(IdentitySource.claim("tid").find(FakeRequest.get("/"))).isNull();
    }

    /** What only looks like a token because of methods that are not meant. */
    public static final class Secretive implements Principal {
        Map<String, Object> getTokenAttributes() {
            return Map.of("tid", "not public");
        }

        public static Object getClaim(String name) {
            return "static " + name;
        }

        @Override
        public String getName() {
            return "secretive";
        }
    }

    @Test
    void methodsThatAreNotPublicOrStatic_areNotCalled() {
        assertThat(IdentitySource.claim("tid").find(FakeRequest.get("/").principal(new Secretive())))
                .isNull();
    }

    @Test
    void tokenThatThrows_isAMatterOfTheResolver() {
        Token broken = new Token() {
            @Override
            public <T> T getClaim(String name) {
                throw new IllegalStateException("expired");
            }

            @Override
            public String getName() {
                return "broken";
            }
        };
        assertThatThrownBy(() ->
                        IdentitySource.claim("tid").find(FakeRequest.get("/").principal(broken)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("expired");
    }

    /** A path of many dots is no way to make the look-up slow: each dot costs one look. */
    @Test
    void longPath_costsALookForEachDot() {
        List<String> asked = new ArrayList<>();
        Token counting = new Token() {
            @Override
            public <T> T getClaim(String name) {
                asked.add(name);
                return null;
            }

            @Override
            public String getName() {
                return "counting";
            }
        };
        String path = "a" + ".b".repeat(90);
        assertThat(IdentitySource.claim(path).find(FakeRequest.get("/").principal(counting)))
                .isNull();
        assertThat(asked).hasSize(91);
    }
}
