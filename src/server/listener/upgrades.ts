import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '../../lib/log.ts';
import { admitUpgrade } from './gate.ts';
import type { Upgrade } from './listener.ts';
import type { PeerReader } from './peer-reader.ts';

/** Hands WebSocket upgrades to who takes them, by path, once their peer has been let through. */
export class Upgrades {
  readonly #peers: PeerReader;
  readonly #log: Logger;
  readonly #handlers = new Map<string, (upgrade: Upgrade) => void>();
  readonly #sockets = new Set<Duplex>();

  constructor(peers: PeerReader, log: Logger) {
    this.#peers = peers;
    this.#log = log;
  }

  on(path: string, handler: (upgrade: Upgrade) => void): void {
    this.#handlers.set(path, handler);
  }

  /** Others are answered as plain requests. */
  readonly isWanted = (request: IncomingMessage): boolean =>
    request.headers.upgrade?.toLowerCase() === 'websocket' && this.#handlers.has(pathOf(request));

  readonly take = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', (error) => {
      this.#log.debug('upgrade.broken', 'A connection broke while it was upgraded', { err: error });
    });
    void this.#pass({ request, socket, head });
  };

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #pass(upgrade: Omit<Upgrade, 'peer'>): Promise<void> {
    try {
      const peer = await admitUpgrade(upgrade, this.#peers);
      if (peer !== undefined) this.#handlers.get(pathOf(upgrade.request))?.({ ...upgrade, peer });
    } catch (error) {
      this.#log.error('upgrade.failed', 'An upgrade failed unexpectedly', { err: error, unexpected: true });
      upgrade.socket.destroy();
    }
  }
}

function pathOf(request: IncomingMessage): string {
  return request.url?.replace(/\?.*$/s, '') ?? '';
}
