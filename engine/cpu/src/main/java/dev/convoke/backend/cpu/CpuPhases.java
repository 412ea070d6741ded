package dev.convoke.backend.cpu;

import java.util.ArrayList;
import java.util.List;

/**
 * Work of a team in phases: the tasks of a phase are independent, with a barrier between phases. Consecutive operations on
 * the same part belong to one phase.
 */
final class CpuPhases {
    private final CpuTeam team;
    private final int parts;
    private final List<Phase> phases = new ArrayList<>();
    private List<CpuTeam.Work> open = new ArrayList<>();

    /** @param parts of the batch */
    CpuPhases(CpuTeam team, int parts) {
        this.team = team;
        this.parts = parts;
    }

    /** Adds what runs for each part, after what was added before for the same part. */
    CpuPhases byPart(CpuTeam.Work work) {
        open.add(work);
        return this;
    }

    /** Adds what needs the whole batch, on the calling thread. */
    CpuPhases whole(Runnable work) {
        close();
        phases.add(new Phase(1, List.of((task, worker) -> work.run())));
        return this;
    }

    /** Adds tasks that need the whole batch, each on one thread. */
    CpuPhases tasks(List<CpuTeam.Work> tasks) {
        close();
        List<CpuTeam.Work> all = List.copyOf(tasks);
        phases.add(new Phase(all.size(), List.of((task, worker) -> all.get(task).run(task, worker))));
        return this;
    }

    private void close() {
        if (!open.isEmpty()) {
            phases.add(new Phase(parts, open));
            open = new ArrayList<>();
        }
    }

    /** Ends the list; from now on it can run. */
    CpuPhases done() {
        close();
        return this;
    }

    void run() {
        for (int i = 0; i < phases.size(); i++) {
            team.run(phases.get(i).tasks, phases.get(i));
        }
    }

    private static final class Phase implements CpuTeam.Work {
        final int tasks;
        private final CpuTeam.Work[] works;

        Phase(int tasks, List<CpuTeam.Work> works) {
            this.tasks = tasks;
            this.works = works.toArray(CpuTeam.Work[]::new);
        }

        @Override
        public void run(int task, int worker) {
            for (CpuTeam.Work work : works) {
                work.run(task, worker);
            }
        }
    }
}
