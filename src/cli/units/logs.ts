import { once } from 'node:events';
import { AppError } from '../../lib/errors.ts';
import { Stopped, isAbortOf } from '../../lib/stopped.ts';
import { MAX_LOG_TAIL_BYTES } from '../../protocol/version.ts';
import type { AdminContext } from '../admin-context.ts';
import { findAgent } from '../agents/find-agent.ts';
import type { AdminClient } from '../client/admin-client.ts';
import { command, type DocumentedCommand } from '../command.ts';
import { printNote } from '../console.ts';
import { printLog } from '../format/print-log.ts';
import { findUnit } from './find-unit.ts';

const DEFAULT_TAIL_BYTES = 16 * 1024;

interface LogFlags {
  readonly agent?: string;
  readonly follow?: true;
  readonly all?: true;
}

export function servicesLogs(context: AdminContext): DocumentedCommand {
  return command('logs', {
    summary: 'Show what a service has written on an agent, and with --follow what it writes',
    details: 'Begins 16 KiB before the end. The agent must be connected: logs stay on the endpoints.',
    examples: [
      'commander services logs web --agent web-1 --follow',
      'commander services logs web --agent web-1 --all',
    ],
  })
    .argument('<service>', 'its name')
    .option(
      '--agent <agent>',
      'where, unless only one agent keeps it: ID or host name, or the beginning of one',
    )
    .option('-f, --follow', 'wait for more, until Ctrl-C')
    .option('--all', 'from 1 MiB before the end')
    .action(async (text: string, { agent, follow, all }: LogFlags) => {
      const client = context.connect();
      const { unit } = findUnit(await client.library(), 'service', text);
      const agentID = await keeperOf(client, unit.name, agent);
      const tailBytes = all === true ? MAX_LOG_TAIL_BYTES : DEFAULT_TAIL_BYTES;
      await printWhileRead(context, async (signal, onText) => {
        const order = { agentID, service: unit.name, tailBytes, follow: follow === true, signal };
        const reason = await client.units.log(order, onText);
        if (follow === true) printNote(context.console, reason ?? 'The log ended');
      });
    });
}

/** @throws AppError AGENT_NOT_FOUND, UNIT_NOT_FOUND, USAGE */
async function keeperOf(client: AdminClient, name: string, agent: string | undefined): Promise<string> {
  if (agent !== undefined) return (await findAgent(client, agent)).agentID;
  const keepers = await client.units.list({ kind: 'service', name });
  const [only, ...others] = keepers;
  if (only === undefined) throw new AppError('UNIT_NOT_FOUND', `No agent keeps the service "${name}"`);
  if (others.length === 0) return only.agentID;
  throw new AppError('USAGE', `${keepers.length} agents keep "${name}"; say whose log with --agent`);
}

/** Ends when nobody reads on: `| head` has what it wanted. */
async function printWhileRead(
  { console }: AdminContext,
  read: (signal: AbortSignal, onText: (text: string) => void) => Promise<void>,
): Promise<void> {
  const left = new AbortController();
  const listening = new AbortController();
  const leave = (): void => left.abort(new Stopped('shutdown'));
  once(console.stdout, 'error', { signal: listening.signal }).then(leave, () => undefined);
  try {
    await read(left.signal, (text) => printLog(console, text));
  } catch (error) {
    if (!isAbortOf(left.signal, error)) throw error;
  } finally {
    listening.abort();
  }
}
