const POLYNOMIAL = 0x04c11db7;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 0x80000000 ? (remainder << 1) ^ POLYNOMIAL : remainder << 1;
  return remainder;
});

/** The checksum of POSIX cksum(1), which a bill of materials keeps for each file. It is not the CRC-32 of zip and gzip. */
export function posixCksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = step(sum, byte);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256))
    sum = step(sum, length & 0xff);
  return ~sum >>> 0;
}

function step(sum: number, byte: number): number {
  return (sum << 8) ^ (TABLE[(sum >>> 24) ^ byte] ?? 0);
}
