/** What a benchmark found: samples of ours and, where there is one, of the floor that nobody could get below here and now. */
export interface Measurement {
  samples: readonly number[];
  floor?: readonly number[];
}

/** One line of the table and one entry of `--json`. Values are in `unit`; `floor` is a median; `ratio` is median to floor. */
export interface Figure {
  name: string;
  unit: string;
  runs: number;
  min: number;
  median: number;
  max: number;
  floor: number | null;
  ratio: number | null;
}

/** Throws when there are no samples. */
export function toFigure(name: string, unit: string, { samples, floor }: Measurement): Figure {
  if (samples.length === 0) throw new Error(`Benchmark "${name}" measured nothing`);
  const middle = median(samples);
  const floorMiddle = floor === undefined || floor.length === 0 ? null : median(floor);
  return {
    name,
    unit,
    runs: samples.length,
    min: round(Math.min(...samples)),
    median: round(middle),
    max: round(Math.max(...samples)),
    floor: floorMiddle === null ? null : round(floorMiddle),
    ratio: floorMiddle === null || floorMiddle === 0 ? null : round(middle / floorMiddle),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const [below = NaN, above = NaN] = [sorted[half - 1], sorted[half]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}

/** Figures in columns, numbers to the right. */
export function toTable(figures: readonly Figure[]): string {
  const head = ['name', 'unit', 'runs', 'min', 'median', 'max', 'floor', 'ratio'] as const;
  const rows = figures.map((figure) => head.map((key) => String(figure[key] ?? '-')));
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const lines = [[...head], ...rows].map((cells) =>
    cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
  return `${lines.join('\n')}\n`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
