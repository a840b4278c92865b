// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One run: a Redis, several JVMs on it, and one trouble every ten seconds. */
final class Campaign {

    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LAST_NANOS = Outages.RECOVERY.plusSeconds(7).toNanos();

    /** So long after a trouble all is well again. */
    private static final Duration CALM = Outages.RECOVERY.minusMillis(500);

    private final Plan plan;
    private final Path folder;
    private final long origin = System.nanoTime();
    private final Clocks clocks = new Clocks();
    private final List<Incident> incidents = new ArrayList<>();
    private final Random random;

    /**
     * What is to be done.
     *
     * @param troubles those from which is chosen, each once before one comes again
     */
    record Plan(int instances, Duration length, long seed, List<Trouble> troubles, Mutant mutant) {}

    private Campaign(Plan plan, Path folder) {
        this.plan = plan;
        this.folder = folder;
        this.random = new Random(plan.seed);
    }

    /**
     * Runs it.
     *
     * @param folder where instances write down what they are answered
     * @return what was found
     * @throws AssertionError if anything was wrong
     */
    static Report run(Plan plan, Path folder) throws Exception {
        Campaign campaign = new Campaign(plan, folder);
        try {
            return campaign.run();
        } catch (AssertionError | IOException e) {
            System.out.printf(
                    "Campaign: failed with seed %d after%n%s%nTo keep it, add it to it-tests/src/test/resources/campaign/seeds.csv.%n",
                    plan.seed, campaign.incidents);
            throw e;
        }
    }

    private Report run() throws Exception {
        try (Site site = new Site(origin, plan.seed);
                Fleet fleet = new Fleet(folder)) {
            fleet.start(
                    new Instance.Task(site.proxy().uri(), origin, plan.seed, folder, 0, plan.instances, plan.mutant));
            await(site.now() + TimeUnit.SECONDS.toNanos(2)); // until each has counted all
            long from = site.now();
            fleet.tell("go");
            trouble(site, fleet, from);
            long to = site.now();
            fleet.measure();
            fleet.end();
            assertThat(site.immortal()).as("keys without a time to live").isEmpty();
            assertThat(clocks.drift()).as("the clocks of this machine were set").isLessThan(Clocks.MOST_DRIFT);
            return judge(site, fleet, from, to);
        }
    }

    private Report judge(Site site, Fleet fleet, long from, long to) throws IOException {
        Judge judge = new Judge(
                plan.instances, incidents, Clocks.STEP.plus(clocks.drift()).toNanos());
        try {
            fleet.report(judge::add);
            judge.stalled(fleet.stalls());
            Outages outages = judge.judge(from, to);
            fleet.assertNoGrowth();
            return new Report(
                    plan, incidents, judge, outages, fleet, site.proxy().accepted(), clocks.drift());
        } catch (AssertionError e) {
            System.out.println(fleet.printed());
            throw e;
        }
    }

    private void trouble(Site site, Fleet fleet, long from) throws IOException {
        List<Trouble> left = new ArrayList<>();
        long end = from + plan.length.toNanos();
        long next = from + FIRST_NANOS;
        for (int i = 0; next < end - LAST_NANOS; i++) {
            if (left.isEmpty()) {
                left.addAll(plan.troubles);
                Collections.shuffle(left, random);
            }
            await(next);
            incidents.add(incident(site, left.remove(0)));
            next = Math.max(from + FIRST_NANOS + (i + 1) * EVERY_NANOS, site.now() + Outages.RECOVERY.toNanos());
            if (i == 1) {
                await(site.now() + CALM.toNanos());
                fleet.measure();
            }
        }
        await(Math.max(end, site.now() + CALM.toNanos()));
    }

    private Incident incident(Site site, Trouble trouble) throws IOException {
        double seconds = 1 + random.nextDouble() * (trouble.mostSeconds() - 1);
        long begin = site.now();
        trouble.begin(site);
        if (!trouble.isMoment()) {
            await(begin + (long) (seconds * 1e9));
        }
        trouble.end(site);
        return new Incident(
                trouble.name(), begin, site.now(), site.takeCaller(), !trouble.isHarmless(), site.takeLosses());
    }

    private void await(long time) {
        while (System.nanoTime() - origin < time) {
            clocks.look();
            LockSupport.parkNanos(Math.min(TimeUnit.MILLISECONDS.toNanos(200), time - (System.nanoTime() - origin)));
        }
    }
}
