import { Stopped } from '../lib/stopped.ts';
import type { AgentLink } from './agent-link.ts';
import type { KeeperWord, KeptWord } from './keep-child.ts';

/** The part of `process` that leads to whoever has started it, see `keepChild`. */
export type KeeperChannel = Pick<NodeJS.Process, 'on' | 'once' | 'connected' | 'send' | 'channel'>;

/** What an agent has of its keeper. Without one it stops: the next keeper is to find the way free. */
export function keeperLink(channel: KeeperChannel): AgentLink {
  const asked = { stop: new AbortController(), stopNow: new AbortController() };
  channel.on('message', (word) => {
    const { ask, why } = word as KeeperWord;
    asked[ask].abort(new Stopped(why));
  });
  const onGone = (): void => asked.stop.abort(new Stopped('shutdown'));
  channel.once('disconnect', onGone);
  if (!channel.connected) onGone();
  channel.channel?.unref(); // listening must not keep alive what has ended its work
  return {
    stop: asked.stop.signal,
    stopNow: asked.stopNow.signal,
    supervisor: { tell: (news) => void channel.send?.({ news } satisfies KeptWord, () => undefined) },
  };
}
