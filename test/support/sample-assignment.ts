import type { JobAssignment } from '../../src/protocol/schemas/job.ts';

/** A job as a server pushes it. */
export function sampleAssignment(more: Partial<JobAssignment> = {}): JobAssignment {
  return {
    jobID: '5f0c6c36-9d5b-4b0e-9a52-0d7f8a1c2b3d',
    executor: 'bash',
    filename: 'backup.sh',
    description: 'Nightly backup',
    os: 'Linux',
    user: 'root',
    timeCreated: '1795333254.79452Z',
    argv: ['--all'],
    ...more,
  };
}
