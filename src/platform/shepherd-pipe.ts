import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Of an answer that takes a pipe, a millisecond; of a process that is stopped, never. */
const PATIENCE_MS = 2_000;

/** Where a shepherd with this process ID says who it is. */
export function shepherdPipe(pid: number): string {
  return String.raw`\\.\pipe\commander-shepherd-${pid}`;
}

/** Tells whoever asks, for as long as this process lives and until the result is called. */
export async function answerAs(identity: string, pipePath: string): Promise<() => void> {
  const { createServer } = await import('node:net');
  const server = createServer((socket) => socket.on('error', () => undefined).end(identity));
  server.listen(pipePath);
  await once(server, 'listening');
  server.unref();
  return () => server.close();
}

/**
 * Who answers there; undefined when nobody does. Windows tells a process ID that is used again by start times, which take a
 * second of PowerShell to learn; a shepherd that is asked itself answers with what nobody else can know.
 */
export async function askIdentity(pipePath: string): Promise<string | undefined> {
  const { connect } = await import('node:net');
  const socket = connect(pipePath).setTimeout(PATIENCE_MS);
  socket.once('timeout', () => socket.destroy(new Error('no answer')));
  try {
    return await text(socket);
  } catch {
    return undefined; // there is no such pipe, or its process has just ended
  } finally {
    socket.destroy();
  }
}
