import type { IncomingMessage } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Logger } from '../../lib/log.ts';
import {
  PING_INTERVAL_MS,
  PROTOCOL_HEADER,
  PROTOCOL_VERSION,
  RETURN_SPREAD_HEADER,
  type ProtocolVersion,
} from '../../protocol/version.ts';
import type { Upgrade } from '../listener/listener.ts';
import { Checkin } from './checkin.ts';
import type { Checkins } from './checkins.ts';
import { converse, identify, type Caller, type GreetingDeps } from './greeting.ts';
import { PingWheel } from './ping-wheel.ts';
import { ReturnSpread } from './return-spread.ts';

/** Acks and phases are small; results go over HTTP. */
const MAX_INBOUND_BYTES = 1024 * 1024;

export interface CheckinDoorOptions extends GreetingDeps {
  checkins: Checkins;
  log: Logger;
  /** For tests; a connection is given up after three of them without an answer. */
  pingIntervalMs?: number;
}

/** Takes WebSocket upgrades of agents and keeps their connections until they end. */
export class CheckinDoor {
  readonly #options: CheckinDoorOptions;
  readonly #wheel: PingWheel;
  readonly #spread: ReturnSpread;
  readonly #live = new Set<Checkin>();
  readonly #server: WebSocketServer;
  #isClosed = false;

  constructor(options: CheckinDoorOptions) {
    this.#options = options;
    this.#wheel = new PingWheel(options.pingIntervalMs ?? PING_INTERVAL_MS);
    this.#spread = new ReturnSpread(options);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // 10,000 idle connections each with a compression window would cost gigabytes.
      perMessageDeflate: false,
      maxPayload: MAX_INBOUND_BYTES,
      // The original selects none, and agents must not come to depend on one.
      handleProtocols: () => false,
    });
    this.#server.on('headers', (headers, request) => {
      if (protocolOf(request) === 1) return;
      headers.push(`${PROTOCOL_HEADER}: ${PROTOCOL_VERSION}`);
      headers.push(`${RETURN_SPREAD_HEADER}: ${this.#spread.seconds()}`);
    });
  }

  readonly admit = ({ request, socket, head, peer }: Upgrade): void => {
    if (this.#isClosed || peer.kind === 'none' || peer.kind === 'invalid') {
      socket.destroy();
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#open(webSocket, { peer, protocol: protocolOf(request) });
    });
  };

  close(): void {
    this.#isClosed = true;
    for (const checkin of [...this.#live]) checkin.stop();
  }

  #open(socket: WebSocket, caller: Omit<Caller, 'send'>): void {
    const { checkins, log } = this.#options;
    let agentID: string | undefined;
    const checkin: Checkin = new Checkin({
      socket,
      log,
      peer: caller.peer.subject,
      greet: async (first) => {
        const hello = await identify(first, caller, this.#options);
        agentID = hello['Agent-ID'];
        if (!checkin.isGone) checkins.add(agentID, checkin);
        return await converse(hello, { ...caller, send: checkin.send }, this.#options);
      },
      onGone: () => {
        this.#live.delete(checkin);
        leaveWheel();
        if (agentID === undefined) return;
        checkins.remove(agentID, checkin);
        this.#options.logs.gone(agentID);
        this.#noteLastSeen(agentID, caller.protocol);
      },
    });
    const leaveWheel = this.#wheel.add(checkin);
    this.#live.add(checkin);
  }

  #noteLastSeen(agentID: string, protocol: ProtocolVersion): void {
    if (this.#isClosed) return; // the server's end says nothing about the agent's
    const { agents, clock, log } = this.#options;
    agents.seen(agentID, { protocol, at: clock.now() }).catch((error: unknown) => {
      log.warn('checkin.unseen', 'Cannot note when an agent left', { err: error, agentID });
    });
  }
}

function protocolOf(request: IncomingMessage): ProtocolVersion {
  return request.headers[PROTOCOL_HEADER] === String(PROTOCOL_VERSION) ? 2 : 1;
}
