import { createHash } from 'node:crypto';

/** This agent's own share of a task's splay, in milliseconds: the same at every look, and spread evenly over agents and tasks. */
export function splayOf(agentID: string, task: string, splaySeconds = 0): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([agentID, task]))
    .digest();
  return Math.floor((digest.readUInt32BE(0) / 2 ** 32) * splaySeconds * 1000);
}
