// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.admission.StartAnswer;
import dev.weir.admission.StartCheck;
import dev.weir.store.ChargeItem;
import dev.weir.store.Limit;
import java.time.Duration;
import java.util.Locale;

/** Why a service may not start, in words that callers may rely on. */
final class StartWords {

    private static final long NANOS_PER_TENTH = 100_000_000;
    private static final long NANOS_PER_MINUTE = 60_000_000_000L;
    private static final long TENTHS = 10;

    private StartWords() {}

    static StartAnswer blocked(String reason) {
        return StartAnswer.refused(StartCheck.BLOCK, "User blocked: " + reason, Duration.ZERO);
    }

    static StartAnswer tooFast(ChargeItem refused) {
        Duration wait = Duration.ofNanos(refused.waitNanos());
        return StartAnswer.refused(StartCheck.START_RATE, "Rate limit exceeded. Retry in " + seconds(wait) + "s", wait);
    }

    static StartAnswer tooManyAtOnce(long held, long max) {
        return StartAnswer.refused(
                StartCheck.SERVICES_AT_ONCE,
                "Concurrent service limit reached (" + held + "/" + max + ")",
                Duration.ZERO);
    }

    static StartAnswer noneInTheHour() {
        return StartAnswer.refused(StartCheck.HOURLY_STARTS, "Hourly service limit reached (0/0)", Duration.ZERO);
    }

    /** Of several rates the one with the longest wait. */
    static StartAnswer tooManyInTheHour(ChargeItem refused) {
        Limit limit = refused.inForce();
        int slowest = 0;
        for (int rate = 1; rate < limit.size(); rate++) {
            if (refused.waitNanos(rate) > refused.waitNanos(slowest)) {
                slowest = rate;
            }
        }
        long max = limit.capacity(slowest);
        long used = max - refused.available(slowest);
        Duration wait = Duration.ofNanos(refused.waitNanos());
        return StartAnswer.refused(
                StartCheck.HOURLY_STARTS,
                "Hourly service limit reached (" + used + "/" + max + "). Retry in " + minutes(wait) + " min",
                wait);
    }

    static StartAnswer forbiddenPort(int port) {
        return StartAnswer.refused(StartCheck.PORT, "Port " + port + " is not allowed", Duration.ZERO);
    }

    static StartAnswer tooMuchMemory(long asked, long granted) {
        return StartAnswer.refused(
                StartCheck.MEMORY,
                "Memory limit exceeded (" + asked + " MB asked, " + granted + " MB granted)",
                Duration.ZERO);
    }

    static StartAnswer tooMuchCpu(long asked, long granted) {
        return StartAnswer.refused(
                StartCheck.CPU, "CPU limit exceeded (" + asked + " % asked, " + granted + " % granted)", Duration.ZERO);
    }

    static StartAnswer overloaded(Duration retry) {
        return StartAnswer.refused(StartCheck.OVERLOAD, "Server overloaded. Retry in " + seconds(retry) + "s", retry);
    }

    static StartAnswer delayed(Duration delay) {
        return StartAnswer.allowed("Server under load, delayed by " + seconds(delay) + "s", delay);
    }

    static StartAnswer unavailable() {
        Duration retry = Duration.ofSeconds(1);
        return StartAnswer.refused(
                StartCheck.STORE, "Service limits cannot be checked. Retry in " + seconds(retry) + "s", retry);
    }

    static String rapidRestart(long starts, Duration within) {
        return starts + " starts within " + within.toSeconds() + " s";
    }

    /** Tenths, rounded up, so that nobody is told to come too early. */
    private static String seconds(Duration wait) {
        long tenths = ceil(wait.toNanos(), NANOS_PER_TENTH);
        return String.format(Locale.ROOT, "%d.%d", tenths / TENTHS, tenths % TENTHS);
    }

    private static long minutes(Duration wait) {
        return ceil(wait.toNanos(), NANOS_PER_MINUTE);
    }

    private static long ceil(long nanos, long unit) {
        return nanos / unit + (nanos % unit == 0 ? 0 : 1);
    }
}
