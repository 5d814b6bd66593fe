/** Sends one notice. What cannot be delivered is dropped: systemd draws its own conclusions from silence. */
export type SendNotice = (notice: string) => void;

/** From Linux' headers; the same on x64 and arm64. */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const PATH_OFFSET = 2;

/**
 * For the datagram socket that systemd listens on (sd_notify(3)). Node has no datagrams over Unix sockets, so libc is called by
 * node:ffi: half a megabyte and two milliseconds once, then microseconds for each notice, where running systemd-notify would
 * cost a process every time.
 */
export async function notifySocket(path: string): Promise<SendNotice> {
  const { dlopen } = await import('node:ffi');
  const { functions: libc } = dlopen(null, {
    socket: { arguments: ['int32', 'int32', 'int32'], return: 'int32' },
    sendto: { arguments: ['int32', 'buffer', 'uint64', 'int32', 'buffer', 'uint32'], return: 'int64' },
    close: { arguments: ['int32'], return: 'int32' },
  });
  const address = socketAddress(path);
  return (notice) => {
    const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bytes = Buffer.from(notice);
    // Never waits: a systemd that reads too slowly must not hold up the jobs.
    libc.sendto(fd, bytes, BigInt(bytes.length), MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length);
    libc.close(fd);
  };
}

/** A `sockaddr_un`; "@" stands for the NUL that begins an abstract address, which has none at its end. */
export function socketAddress(path: string): Buffer {
  const isAbstract = path.startsWith('@');
  const address = Buffer.alloc(PATH_OFFSET + Buffer.byteLength(path) + (isAbstract ? 0 : 1));
  address.writeUInt16LE(AF_UNIX);
  address.write(path, PATH_OFFSET);
  if (isAbstract) address[PATH_OFFSET] = 0;
  return address;
}
