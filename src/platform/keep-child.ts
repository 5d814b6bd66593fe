import type { ChildProcess } from 'node:child_process';
import { addAbortListener } from 'node:events';
import { EXIT } from '../lib/exit-codes.ts';
import { stopReasonOf, type StopReason } from '../lib/stopped.ts';
import type { AgentLink } from './agent-link.ts';
import { startProgram, type Become } from './become.ts';
import type { SupervisorNews } from './service/supervisor.ts';

/** What a keeper says to its child. */
export interface KeeperWord {
  readonly ask: 'stop' | 'stopNow';
  readonly why: StopReason;
}

/** What a child says to its keeper. */
export interface KeptWord {
  readonly news: SupervisorNews;
}

/**
 * Runs an agent as a child, and stands between it and whoever runs us: what that asks is passed down, how it goes is passed up. Windows
 * has no signals, so they speak over Node's channel, see `keeperLink`. When this process is killed, so is the child, by the job object
 * that Node has on Windows for all that is not detached; where that fails, the child finds the channel closed.
 */
export function keepChild(link: AgentLink): Become {
  return async (image, onPid) => {
    const child = await startProgram(image, ['inherit', 'inherit', 'inherit', 'ipc']);
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.on('error', () => undefined); // its end says all that matters
    child.on('message', ({ news }: KeptWord) => link.supervisor?.tell(news));
    using asking = new DisposableStack();
    for (const ask of ['stop', 'stopNow'] as const) {
      asking.use(addAbortListener(link[ask], () => say(child, ask, stopReasonOf(link[ask]))));
    }
    if (child.pid !== undefined) await onPid?.(child.pid);
    return (await exited) ?? EXIT.internal;
  };
}

function say(child: ChildProcess, ask: KeeperWord['ask'], why: StopReason = 'shutdown'): void {
  const word: KeeperWord = { ask, why };
  child.send(word, () => undefined); // one that has ended needs no asking
}
