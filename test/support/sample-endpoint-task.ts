import type { EndpointTask } from '../../src/protocol/endpoint.ts';

/** A task as an endpoint tells of it; the next run is in half an hour of the command line's tests. */
export function sampleEndpointTask(more: Partial<EndpointTask> = {}): EndpointTask {
  return {
    name: 'cleanup',
    kind: 'task',
    state: 'idle',
    since: '2026-11-23T07:30:04.000Z',
    archive: 'a'.repeat(64),
    lastRun: '2026-11-23T07:30:00.000Z',
    lastOutcome: 'failed',
    nextRun: '2026-11-23T08:30:00.000Z',
    rule: 'every 3600 s; missed runs are skipped',
    splaySeconds: 12.5,
    nextRuns: ['2026-11-23T08:30:00.000Z', '2026-11-23T09:30:00.000Z'],
    lastDue: 'Due at seven; it failed',
    ...more,
  };
}
