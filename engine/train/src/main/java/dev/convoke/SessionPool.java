package dev.convoke;

import dev.convoke.backend.Session;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sessions of one network, opened when they are needed and lent to one thread at a time. */
final class SessionPool implements AutoCloseable {
    private final int most;
    private final Supplier<Session> opener;
    private final Semaphore places;
    private final Deque<Session> idle = new ArrayDeque<>();
    private boolean closed;

    SessionPool(int most, Supplier<Session> opener) {
        this.most = most;
        this.opener = opener;
        places = new Semaphore(most);
    }

    /** Opens one session. */
    void warmUp() {
        with(session -> session.program().trainingImages());
    }

    /**
     * Runs {@code work} with a session that nobody else uses meanwhile.
     *
     * @throws IllegalStateException if the pool is closed
     */
    <T> T with(Function<Session, T> work) {
        places.acquireUninterruptibly();
        try {
            Session session = take();
            boolean sound = false;
            try {
                T result = work.apply(session);
                sound = true;
                return result;
            } finally {
                if (sound) {
                    give(session);
                } else {
                    // What a failure left behind is not known.
                    session.close();
                }
            }
        } finally {
            places.release();
        }
    }

    private Session take() {
        Session session = waiting();
        return session == null ? opener.get() : session;
    }

    private synchronized @Nullable Session waiting() {
        if (closed) {
            throw new IllegalStateException("the classifier is closed");
        }
        return idle.pollFirst();
    }

    /** The one that was used last is lent first: its memory is warm. */
    private synchronized void give(Session session) {
        idle.addFirst(session);
    }

    /** Waits for the sessions that are lent, then closes all. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        places.acquireUninterruptibly(most);
        try {
            synchronized (this) {
                idle.forEach(Session::close);
                idle.clear();
            }
        } finally {
            places.release(most);
        }
    }
}
