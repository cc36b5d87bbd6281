package dev.isthmus.xen.app;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tasks of a test, which says when they go on. Jobs whose names begin like one that is held wait until it is released.
 */
final class ManualTasks implements Tasks {
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final List<Runnable> delayed = new ArrayList<>();
    private final List<ManualJob> jobs = new ArrayList<>();
    private final Set<String> held = new HashSet<>();
    private int cancelled;

    void hold(String prefix) {
        held.add(prefix);
    }

    void release(String prefix) {
        held.remove(prefix);
        settle();
    }

    /** Does all that can be done without waiting. */
    void settle() {
        for (boolean more = true; more;) {
            more = false;
            for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
                step.run();
                more = true;
            }
            for (ManualJob job : List.copyOf(jobs)) {
                if (held.stream().noneMatch(job.name::startsWith)) {
                    jobs.remove(job);
                    job.run();
                    more = true;
                }
            }
        }
    }

    /** All delays are over, once. */
    void elapse() {
        List<Runnable> due = List.copyOf(delayed);
        delayed.clear();
        steps.addAll(due);
        settle();
    }

    int delayed() {
        return delayed.size();
    }

    /** Names of jobs that are held. */
    List<String> waiting() {
        return jobs.stream().map(job -> job.name).toList();
    }

    int cancelled() {
        return cancelled;
    }

    @Override
    public void execute(Runnable step) {
        steps.add(step);
    }

    @Override
    public void schedule(Duration delay, Runnable step) {
        delayed.add(step);
    }

    @Override
    public Job start(String name, Work work, Consumer<Exception> done) {
        ManualJob job = new ManualJob(name, work, done);
        jobs.add(job);
        return job;
    }

    private final class ManualJob implements Job {
        private final String name;
        private final Work work;
        private final Consumer<Exception> done;

        ManualJob(String name, Work work, Consumer<Exception> done) {
            this.name = name;
            this.work = work;
            this.done = done;
        }

        void run() {
            Exception problem = null;
            try {
                work.run();
            } catch (IOException | InterruptedException | RuntimeException e) {
                problem = e;
            }
            Exception outcome = problem;
            steps.add(() -> done.accept(outcome));
        }

        @Override
        public void cancel() {
            jobs.remove(this);
            cancelled++;
        }
    }
}
