// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import dev.weir.SecurityPolicy;
import dev.weir.admission.Ask;
import dev.weir.admission.StartAnswer;
import dev.weir.admission.StartRefused;
import dev.weir.admission.StartedService;
import dev.weir.identity.Identity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** "Starts" services and holds them until they are ended. Each belongs to a user, by whom it is named. Thread-safe. */
final class Runner {

    /** A service that runs, as the page shows it. */
    record Running(String user, String project, int port, StartedService handle) {}

    private record Name(String user, String project) {}

    private final SecurityPolicy policy;
    private final Map<Name, Running> services = new LinkedHashMap<>(); // guarded by this

    Runner(SecurityPolicy policy) {
        this.policy = policy;
    }

    /** {@return who a user is: one of the demo's callers with his tenant, else a user without one or {@code tenant/user}} */
    static Identity who(String user) {
        return Caller.named(user).map(Caller::identity).orElseGet(() -> {
            int slash = user.indexOf('/');
            return slash <= 0 || slash == user.length() - 1
                    ? Identity.of(null, user)
                    : Identity.of(user.substring(0, slash), user.substring(slash + 1));
        });
    }

    /** {@return the same user as text that a policy reads} */
    static String named(String user) {
        Identity who = who(user);
        return who.tenant().map(tenant -> tenant + "/").orElse("") + who.user().orElse(user);
    }

    /**
     * Starts a service; one of this name that runs is replaced.
     *
     * @return what the policy has answered, if it has admitted it
     * @throws StartRefused if the policy refuses
     */
    StartAnswer run(String user, String project, int port) {
        StartedService handle = policy.start(who(user), project, Ask.nothing().withPort(port));
        synchronized (this) {
            services.put(new Name(user, project), new Running(user, project, port, handle));
        }
        return handle.answer();
    }

    /** Ends a service, and answers whether it ran here. */
    boolean end(String user, String project) {
        Running ended;
        synchronized (this) {
            ended = services.remove(new Name(user, project));
        }
        policy.end(who(user), project); // it may have been started on another instance
        return ended != null;
    }

    /** {@return who runs a project of this name} */
    synchronized List<String> usersOf(String project) {
        return services.keySet().stream()
                .filter(name -> name.project().equals(project))
                .map(Name::user)
                .toList();
    }

    /** {@return what runs here, the oldest first} */
    synchronized List<Running> running() {
        return List.copyOf(services.values());
    }
}
