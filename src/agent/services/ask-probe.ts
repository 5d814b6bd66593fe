import { once } from 'node:events';
import { describeError } from '../../lib/errors.ts';
import type { Probe } from '../../protocol/schemas/desired.ts';

const DEFAULT_TIMEOUT_SECONDS = 5;
const HOST = '127.0.0.1';

export interface ProbePlace {
  /** Where a command runs. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Asks once. Undefined when all is well, otherwise why not, in words that go on from "its probe says: ". */
export async function askProbe(
  probe: Probe,
  place: ProbePlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const seconds = probe.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const inTime = AbortSignal.timeout(seconds * 1000);
  const either = AbortSignal.any([signal, inTime]);
  try {
    return await ask(probe, place, either);
  } catch (error) {
    signal.throwIfAborted();
    return inTime.aborted ? `no answer within ${seconds} s` : describeError(error);
  }
}

async function ask(probe: Probe, place: ProbePlace, signal: AbortSignal): Promise<string | undefined> {
  switch (probe.kind) {
    case 'process':
      return undefined;
    case 'tcp':
      await connect(probe, signal);
      return undefined;
    case 'http':
      return await get(probe, signal);
    case 'command':
      return await run(probe, place, signal);
  }
}

async function connect({ port = 0 }: Probe, signal: AbortSignal): Promise<void> {
  const { connect: dial } = await import('node:net');
  const socket = dial({ host: HOST, port });
  try {
    await once(socket, 'connect', { signal });
  } finally {
    socket.destroy();
  }
}

async function get({ port = 0, path = '/' }: Probe, signal: AbortSignal): Promise<string | undefined> {
  const { request } = await import('node:http');
  const asked = request({ host: HOST, port, path, agent: false, signal }).end();
  const [{ statusCode = 0 }] = (await once(asked, 'response', { signal })) as [{ statusCode?: number }];
  asked.on('error', () => undefined); // it is let go of before its end
  asked.destroy();
  return statusCode >= 200 && statusCode < 400 ? undefined : `HTTP status ${statusCode}`;
}

/** What it leaves behind bears the service's mark, and ends with it. */
async function run(
  { command = [] }: Probe,
  place: ProbePlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [program = '', ...args] = command;
  const { default: spawn } = await import('cross-spawn');
  const child = spawn(program, args, { ...place, stdio: 'ignore', windowsHide: true });
  try {
    const [code, endedBy] = (await once(child, 'exit', { signal })) as [number | null, string | null];
    return code === 0
      ? undefined
      : `the command ${code === null ? `ended by ${endedBy ?? ''}` : `exited with code ${code}`}`;
  } finally {
    child.kill('SIGKILL');
  }
}
