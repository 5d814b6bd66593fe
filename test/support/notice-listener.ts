import { dlopen } from 'node:ffi';
import { rmSync } from 'node:fs';
import { socketAddress } from '../../src/platform/service/notify-socket.ts';
import type { Cleanup } from './cleanup.ts';

const MSG_DONTWAIT = 0x40;

/** Listens as systemd does, by libc: Node knows no datagrams over Unix sockets. What it gives back takes the next one, if there is one. */
export function listenForNotices(path: string, onEnd: (cleanup: Cleanup) => void): () => string | undefined {
  const { functions: libc } = dlopen(null, {
    socket: { arguments: ['int32', 'int32', 'int32'], return: 'int32' },
    bind: { arguments: ['int32', 'buffer', 'uint32'], return: 'int32' },
    recv: { arguments: ['int32', 'buffer', 'uint64', 'int32'], return: 'int64' },
    close: { arguments: ['int32'], return: 'int32' },
  });
  const fd = libc.socket(1, 2, 0);
  const address = socketAddress(path);
  if (libc.bind(fd, address, address.length) !== 0) throw new Error(`Cannot listen on "${path}"`);
  onEnd(() => {
    libc.close(fd);
    rmSync(path, { force: true });
  });
  return () => {
    const bytes = Buffer.alloc(1024);
    const length = Number(libc.recv(fd, bytes, BigInt(bytes.length), MSG_DONTWAIT));
    return length < 0 ? undefined : bytes.toString('utf8', 0, length);
  };
}
