import type { Duplex } from 'node:stream';
import type { AppError } from '../../lib/errors.ts';
import { parseRefusal } from '../../protocol/commander/refusal.ts';

/** Enough for a close frame, which is 127 bytes at most. */
const KEPT_BYTES = 256;
/** FIN and opcode 8, and the close code 400 at the beginning of the payload (RFC 6455, 5.2 and 5.5.1). */
const CLOSE_OPCODE = 0x88;
const ILLEGAL_CODE = Buffer.from([0x01, 0x90]);

/**
 * Keeps the last bytes that came from the server. The original refuses with close code 400, which the RFC forbids: the WebSocket
 * library reports an error and drops the frame, and the reason in it with it. Servers do not mask, so the reason can
 * be read from the bytes themselves.
 */
export class RefusalTap {
  readonly #socket: Duplex;
  #last: Buffer = Buffer.alloc(0);

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('data', this.#keep);
  }

  /** Refusals come first or not at all; after that nothing needs to be looked at twice. */
  remove(): void {
    this.#socket.off('data', this.#keep);
    this.#last = Buffer.alloc(0);
  }

  /** The refusal in an illegal close frame at the end of what came; undefined when there is none. */
  refusal(): AppError | undefined {
    const codeAt = this.#last.lastIndexOf(ILLEGAL_CODE);
    if (codeAt < 2 || this.#last[codeAt - 2] !== CLOSE_OPCODE) return undefined;
    const payloadEnd = codeAt + (this.#last[codeAt - 1] ?? 0);
    return parseRefusal(this.#last.subarray(codeAt + 2, payloadEnd).toString());
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#last = Buffer.concat([this.#last, chunk]).subarray(-KEPT_BYTES);
  };
}
