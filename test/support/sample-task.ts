import type { Schedule, TaskSpec } from '../../src/protocol/schemas/desired.ts';

export function sampleTask(schedule: Schedule, more: Partial<TaskSpec> = {}): TaskSpec {
  return {
    name: 'cleanup',
    filename: 'cleanup.sh',
    executor: 'bash',
    archive: { sha256: 'a'.repeat(64), size: 100 },
    schedule,
    ...more,
  };
}
