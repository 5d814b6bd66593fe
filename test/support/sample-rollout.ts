import type { RolloutPlan, RolloutRecord } from '../../src/store/server/rollout-store.ts';
import { NOON } from './server-records.ts';

export function samplePlan(change: Partial<RolloutPlan> = {}): RolloutPlan {
  return {
    canaries: [],
    stages: [
      { percent: 50, restSeconds: 60 },
      { percent: 100, restSeconds: 0 },
    ],
    maxFailedPercent: 20,
    silentSeconds: 600,
    atOnce: 100,
    ...change,
  };
}

export function sampleRollout(change: Partial<RolloutRecord> = {}): RolloutRecord {
  return {
    rolloutID: 'rollout-1',
    group: 'default',
    version: '1.1.0',
    plan: samplePlan(),
    state: 'running',
    stage: 0,
    tolerated: 0,
    createdAt: NOON,
    createdBy: 'ada',
    ...change,
  };
}
