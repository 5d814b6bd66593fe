import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FLUSH_TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const WINDOW_BYTES = 32 * 1024;
/** gunicorn's sock.send is not called in a loop: what the kernel does not take at once is lost. */
const LONGEST_PUSH_BYTES = 4_000_000;

export interface Message {
  data: Buffer;
  text: boolean;
}

interface Frame {
  final: boolean;
  compressed: boolean;
  opcode: number;
  masked: boolean;
  payload: Buffer;
}

/** The 101 that nginx passes on; compression is used whenever the client offers it. */
export function handshakeReply(key: string, compressed: boolean): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Server: nginx',
    'Upgrade: websocket',
    'Connection: upgrade',
  ];
  lines.push(`Sec-WebSocket-Accept: ${accept}`);
  if (compressed) lines.push('Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=15');
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/**
 * The server's end of one check-in, on the bare stream: a proper WebSocket library would refuse to send most of what the
 * original sends (close code 400, an HTTP answer amid the frames, half a frame) and would close the stream that it leaves open.
 */
export class OriginalSocket {
  readonly #stream: Duplex;
  readonly #compressed: boolean;
  readonly #inbox: Message[] = [];
  #wake: (() => void) | undefined;
  #unparsed: Buffer = Buffer.alloc(0);
  #fragments: Frame[] = [];
  #inflated: Buffer = Buffer.alloc(0);
  #awaitingPong = false;
  #closing = false;
  #abandoned = false;

  constructor(stream: Duplex, options: { compressed: boolean }) {
    this.#stream = stream;
    this.#compressed = options.compressed;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('error', () => stream.destroy());
  }

  /** Whether a send would still go somewhere. Nobody asks while idle, which is how the original leaks its loops. */
  get open(): boolean {
    return !this.#closing && !this.#stream.destroyed && this.#stream.readable;
  }

  /** The oldest message not yet read. Waits for ever: a closed socket does not end it, only `abandon` does. */
  async next(): Promise<Message> {
    for (;;) {
      if (this.#abandoned) throw new Error('The server has stopped');
      const message = this.#inbox.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Commander ends: whoever waits for a message fails, and the stream ends without a Close frame. */
  abandon(): void {
    this.#abandoned = true;
    this.end();
    this.#wake?.();
  }

  sendText(text: string): void {
    const plain = Buffer.from(text);
    const payload = this.#compressed
      ? deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -FLUSH_TAIL.length)
      : plain;
    this.#stream.write(encode(OPCODE.text, payload, this.#compressed).subarray(0, LONGEST_PUSH_BYTES));
  }

  /** False when the previous ping has not been answered. */
  ping(): boolean {
    if (this.#awaitingPong) return false;
    this.#awaitingPong = true;
    this.#stream.write(encode(OPCODE.ping, Buffer.alloc(0)));
    return true;
  }

  /** Sends a Close frame with any code at all; the TCP connection stays. */
  close(code: number, reason: string): void {
    this.#closing = true;
    const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
    payload.writeUInt16BE(code);
    payload.write(reason, 2);
    this.#stream.write(encode(OPCODE.close, payload));
  }

  /** A handler died: its HTTP answer goes into the stream of frames. */
  writeRaw(text: string): void {
    this.#closing = true;
    this.#stream.write(text);
  }

  /** FIN, without a Close frame. */
  end(): void {
    this.#closing = true;
    this.#stream.end();
  }

  #receive(chunk: Buffer): void {
    this.#unparsed = Buffer.concat([this.#unparsed, chunk]);
    const messages: Message[] = [];
    for (let frame = this.#takeFrame(); frame !== undefined && !this.#closing; frame = this.#takeFrame()) {
      const message = this.#onFrame(frame);
      if (message !== undefined) messages.push(message);
    }
    // An ack in the same segment as the Close after it is never seen.
    if (!this.#closing) this.#inbox.push(...messages);
    this.#wake?.();
  }

  #onFrame(frame: Frame): Message | undefined {
    if (!frame.masked) this.close(1002, '');
    else if (frame.opcode === OPCODE.close) this.#echoClose(frame.payload);
    else if (frame.opcode === OPCODE.ping) this.#stream.write(encode(OPCODE.pong, frame.payload));
    else if (frame.opcode === OPCODE.pong) this.#awaitingPong = false;
    else return this.#onData(frame);
    return undefined;
  }

  #echoClose(payload: Buffer): void {
    this.#closing = true;
    this.#stream.write(encode(OPCODE.close, payload));
  }

  #onData(frame: Frame): Message | undefined {
    this.#fragments.push(frame);
    const first = this.#fragments[0];
    if (!frame.final || first === undefined) return undefined;
    const joined = Buffer.concat(this.#fragments.map((fragment) => fragment.payload));
    this.#fragments = [];
    return { data: first.compressed ? this.#inflate(joined) : joined, text: first.opcode === OPCODE.text };
  }

  /** Earlier messages are the dictionary of this one: the client may keep its window. */
  #inflate(payload: Buffer): Buffer {
    const input = Buffer.concat([payload, FLUSH_TAIL]);
    const dictionary = this.#inflated.length > 0 ? { dictionary: this.#inflated } : {};
    const plain = inflateRawSync(input, { finishFlush: constants.Z_SYNC_FLUSH, ...dictionary });
    this.#inflated = Buffer.concat([this.#inflated, plain]).subarray(-WINDOW_BYTES);
    return plain;
  }

  #takeFrame(): Frame | undefined {
    const taken = decode(this.#unparsed);
    if (taken === undefined) return undefined;
    this.#unparsed = this.#unparsed.subarray(taken.bytes);
    return taken.frame;
  }
}

function encode(opcode: number, payload: Buffer, compressed = false): Buffer {
  const first = 0x80 | (compressed ? 0x40 : 0) | opcode;
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload]);
  const header = Buffer.alloc(payload.length < 65_536 ? 4 : 10);
  header[0] = first;
  header[1] = payload.length < 65_536 ? 126 : 127;
  if (payload.length < 65_536) header.writeUInt16BE(payload.length, 2);
  else header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]);
}

function decode(bytes: Buffer): { frame: Frame; bytes: number } | undefined {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = (second & 0x80) !== 0;
  const start = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length < start) return undefined;
  const length =
    lengthBytes === 0 ? short : bytes.readUIntBE(lengthBytes === 2 ? 2 : 4, lengthBytes === 2 ? 2 : 6);
  if (bytes.length < start + length) return undefined;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  if (masked) unmask(payload, bytes.subarray(start - 4, start));
  const frame = {
    final: (first & 0x80) !== 0,
    compressed: (first & 0x40) !== 0,
    opcode: first & 0x0f,
    masked,
    payload,
  };
  return { frame, bytes: start + length };
}

function unmask(payload: Buffer, mask: Buffer): void {
  for (let at = 0; at < payload.length; at++) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
}
