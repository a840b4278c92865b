// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A number of requests from a fixed number of connections: each thread sends one on each of its connections and then reads
 * the answers, so the server always has some to do. Users and tenants take turns. Requests are the same for every variant.
 */
final class Load {

    private static final int THREADS = 2;
    private static final int CONNECTIONS = 8;
    private static final int USERS = 1_000;
    private static final int TENANTS = 50;
    private static final int OK = 200;

    /** How many requests are under way at once, each from an address of its own. */
    static final int IN_FLIGHT = THREADS * CONNECTIONS;

    private final List<ByteBuffer> requests = new ArrayList<>();

    Load() {
        for (int user = 0; user < USERS; user++) {
            byte[] text = ("GET " + WebServer.PATH + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
                            + "X-Tenant: tenant-" + user % TENANTS + "\r\nX-User: user-" + user + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            requests.add(ByteBuffer.allocateDirect(text.length).put(text).flip());
        }
    }

    /**
     * Sends requests until they are all answered.
     *
     * @param port the server's
     * @param number how many, rounded up to whole turns of all connections
     * @return what came back
     */
    Answers send(int port, int number) throws IOException {
        int turns = (number + IN_FLIGHT - 1) / IN_FLIGHT;
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Worker worker = new Worker(port, i, turns);
            workers.add(worker);
            worker.thread.start();
        }
        long passed = 0;
        long refused = 0;
        for (Worker worker : workers) {
            worker.join();
            passed += worker.passed;
            refused += (long) turns * CONNECTIONS - worker.passed;
        }
        return new Answers(passed, refused);
    }

    /**
     * What came back.
     *
     * @param passed answers 200
     * @param refused answers 429; anything else is an error
     */
    record Answers(long passed, long refused) {

        long all() {
            return passed + refused;
        }
    }

    private final class Worker implements Runnable {

        private final int port;
        private final int number;
        private final int turns;
        private final Thread thread;
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        private long passed;

        Worker(int port, int number, int turns) {
            this.port = port;
            this.number = number;
            this.turns = turns;
            this.thread = new Thread(this, "load-" + number);
        }

        @Override
        public void run() {
            List<Connection> connections = new ArrayList<>();
            try {
                for (int i = 0; i < CONNECTIONS; i++) {
                    connections.add(Connection.open(port, 2 + number * CONNECTIONS + i));
                }
                // Threads begin at different users.
                int user = number * (USERS / THREADS);
                for (int turn = 0; turn < turns; turn++) {
                    for (Connection connection : connections) {
                        connection.send(requests.get(user));
                        user = user + 1 == USERS ? 0 : user + 1;
                    }
                    for (Connection connection : connections) {
                        receive(connection);
                    }
                }
            } catch (IOException | RuntimeException e) {
                failure.set(e);
            } finally {
                close(connections);
            }
        }

        private void receive(Connection connection) throws IOException {
            int status = connection.receive();
            if (status == OK) {
                passed++;
            } else if (status != 429) {
                throw new IOException("the server answered " + connection.head());
            }
        }

        private void close(List<Connection> connections) {
            for (Connection connection : connections) {
                try {
                    connection.close();
                } catch (IOException e) {
                    failure.compareAndSet(null, e);
                }
            }
        }

        void join() throws IOException {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            if (failure.get() != null) {
                throw new IOException("the load failed", failure.get());
            }
        }
    }
}
