const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** In powers of 1000, as disks are sold: `640 B`, `1.5 MB`. */
export function formatSize(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const amount = bytes / 1000 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${UNITS[power] ?? ''}`;
}
