// SPDX-License-Identifier: Apache-2.0
package dev.weir.boot;

import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;

/** The code of docs/install/spring-boot.md, with what it stands in. {@code SpringBootPageTest} runs it. */
@Configuration(proxyBeanMethods = false)
class PageSnippets {

    /** What an application may have. */
    interface PlanRepository {
        Optional<String> planOf(String tenant);
    }

    @Bean
    PlanRepository repository() {
        return tenant -> tenant.equals("acme") ? Optional.of("enterprise") : Optional.empty();
    }

    @Bean
    ProfileSource plans(PlanRepository repository) {
        return new ProfileSource() {
            @Override
            public Optional<Profile> ofTenant(String tenant) {
                return repository.planOf(tenant).map(Profile::ofTier);
            }
        };
    }

    /** A resource server, whose issuer this test is: a token is its tenant and user. */
    @Bean
    @Order(1)
    SecurityFilterChain tokens(HttpSecurity http) throws Exception {
        return http.securityMatcher("/token/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
                .csrf(csrf -> csrf.disable())
                .build();
    }

    @Bean
    JwtDecoder decoder() {
        return token -> {
            List<String> parts = List.of(token.split("\\.", -1));
            return Jwt.withTokenValue(token)
                    .header("alg", "none")
                    .claim("tid", parts.get(0))
                    .subject(parts.get(1))
                    .build();
        };
    }
}
