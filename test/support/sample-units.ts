import type { LibraryEntry } from '../../src/protocol/schemas/admin/library.ts';
import type { AssignmentView, UnitView } from '../../src/protocol/schemas/admin/units.ts';
import type { AdminServer } from './admin-server.ts';

const AGENT = { agentID: '1f2e3d4c-0000-4000-8000-000000000001', hostname: 'web-1' };
const COMMON = {
  ...{ jobID: 'a', executor: 'sh', description: '', os: 'any', timeCreated: '2026-11-23T07:00:00.000Z' },
  ...{ sha256: 'ab'.repeat(32), size: 100 },
};

/** A task, a service and a job. */
export const UNIT_LIBRARY: readonly LibraryEntry[] = [
  {
    ...COMMON,
    filename: 'backup.sh',
    unit: { kind: 'task', name: 'backup', schedule: { everySeconds: 900 } },
  },
  { ...COMMON, filename: 'web.sh', unit: { kind: 'service', name: 'web', restart: 'always' } },
  { ...COMMON, filename: 'hello.sh' },
];

export const UNIT_ASSIGNMENTS: readonly AssignmentView[] = [
  assignment({ filename: 'backup.sh', kind: 'task', name: 'backup', group: 'default' }),
  assignment({ filename: 'backup.sh', kind: 'task', name: 'backup', ...AGENT }),
  assignment({ filename: 'web.sh', kind: 'service', name: 'web', ...AGENT }),
];

function assignment(fields: Omit<AssignmentView, 'assignedAt' | 'assignedBy'>): AssignmentView {
  return { ...fields, assignedAt: '2026-11-23T07:00:00.000Z', assignedBy: 'admin' };
}

export function sampleTaskView(changes: Partial<UnitView> = {}): UnitView {
  return {
    ...AGENT,
    name: 'backup',
    kind: 'task',
    state: 'idle',
    since: '2026-11-23T07:58:00.000Z',
    archive: 'ab'.repeat(32),
    lastRun: '2026-11-23T07:58:00.000Z',
    lastOutcome: 'succeeded',
    nextRun: '2026-11-23T08:13:00.000Z',
    reportedAt: '2026-11-23T07:58:01.000Z',
    ...changes,
  };
}

export function sampleServiceView(changes: Partial<UnitView> = {}): UnitView {
  return {
    ...AGENT,
    name: 'web',
    kind: 'service',
    state: 'running',
    since: '2026-11-23T06:00:00.000Z',
    archive: 'cd'.repeat(32),
    pid: 42,
    restarts: 1,
    lastOutcome: 'exited with code 1',
    reportedAt: '2026-11-23T07:58:01.000Z',
    ...changes,
  };
}

/** Answers what the commands for tasks and services ask. */
export function answerUnits(server: AdminServer, units: readonly UnitView[] = []): void {
  server.answer('GET /admin/library', { json: { library: JSON.stringify({ jobs: UNIT_LIBRARY }) } });
  server.answer('GET /admin/assignments', ({ line }) => ({
    json: {
      assignments: UNIT_ASSIGNMENTS.filter(({ kind }) => !line.includes('kind=') || line.includes(kind)),
    },
  }));
  server.answer('GET /admin/units', { json: { units } });
}
