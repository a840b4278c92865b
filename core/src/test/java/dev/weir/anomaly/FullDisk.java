// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A place whose disk takes so many bytes more, the last of them in the middle of a line, and then says that it is full. */
final class FullDisk implements LogPlace {

    private final LogPlace real;
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger openNow = new AtomicInteger();

    private volatile CountDownLatch hangs = new CountDownLatch(0);

    FullDisk(LogPlace real) {
        this.real = real;
    }

    void leave(long bytes) {
        left.set(bytes);
    }

    /** Lets the file open when the latch does. */
    void hang(CountDownLatch latch) {
        hangs = latch;
    }

    /** How many channels are open. */
    int openNow() {
        return openNow.get();
    }

    int opened() {
        return opened.get();
    }

    @Override
    public Path file() {
        return real.file();
    }

    @Override
    public SeekableByteChannel open() throws IOException {
        opened.incrementAndGet();
        try {
            hangs.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        Channel channel = new Channel(real.open());
        openNow.incrementAndGet();
        return channel;
    }

    @Override
    public boolean isStillThere() throws IOException {
        return real.isStillThere();
    }

    @Override
    public void rotate() throws IOException {
        real.rotate();
    }

    private final class Channel implements SeekableByteChannel {
        private final SeekableByteChannel file;

        Channel(SeekableByteChannel file) {
            this.file = file;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int taken = (int) Math.min(bytes.remaining(), left.get());
            if (taken == 0) {
                throw new IOException("No space left on device");
            }
            left.addAndGet(-taken);
            ByteBuffer part = bytes.duplicate().limit(bytes.position() + taken);
            bytes.position(bytes.position() + taken);
            return file.write(part);
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            left.addAndGet(file.size() - size);
            file.truncate(size);
            return this;
        }

        @Override
        public int read(ByteBuffer bytes) throws IOException {
            return file.read(bytes);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            file.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            openNow.decrementAndGet();
            file.close();
        }
    }
}
