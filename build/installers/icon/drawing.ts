import { writeIco } from './ico.ts';
import type { Picture } from './png.ts';

const ICON_SIZES = [16, 24, 32, 48, 64, 256];

const NAVY = [0x1b, 0x2a, 0x4a] as const;
const MINT = [0x5e, 0xea, 0xb5] as const;

/** In a square of side 1. */
type Point = readonly [x: number, y: number];

const CORNER_RADIUS = 0.2;
const STROKE = 0.11;
/** A prompt: where somebody gives a command. */
const PROMPT: readonly (readonly [Point, Point])[] = [
  [
    [0.24, 0.3],
    [0.46, 0.5],
  ],
  [
    [0.46, 0.5],
    [0.24, 0.7],
  ],
  [
    [0.56, 0.72],
    [0.78, 0.72],
  ],
];

export function commanderIcon(): Buffer {
  return writeIco(ICON_SIZES.map(drawIcon));
}

/** The icon at one size; the same bytes on every machine. */
export function drawIcon(size: number): Picture {
  const rgba = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) rgba.set(pixel(x, y, size), (y * size + x) * 4);
  return { size, rgba };
}

function pixel(x: number, y: number, size: number): number[] {
  const center: Point = [(x + 0.5) / size, (y + 0.5) / size];
  const toPrompt = Math.min(...PROMPT.map(([from, to]) => distance(center, from, to))) - STROKE / 2;
  const light = coverage(toPrompt, size);
  const color = NAVY.map((dark, i) => Math.round(dark + ((MINT[i] ?? 0) - dark) * light));
  return [...color, Math.round(255 * coverage(distanceToSquare(center), size))];
}

/** How much of a pixel lies inside a shape whose edge is `distance` away from its center; negative is inside. */
function coverage(distance: number, size: number): number {
  return clamp(0.5 - distance * size, 0, 1);
}

function distanceToSquare([x, y]: Point): number {
  const [dx, dy] = [x, y].map((at) => at - clamp(at, CORNER_RADIUS, 1 - CORNER_RADIUS));
  return Math.hypot(dx ?? 0, dy ?? 0) - CORNER_RADIUS;
}

/** From a point to the nearest point of a line between two others. */
function distance([x, y]: Point, [fromX, fromY]: Point, [toX, toY]: Point): number {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const along = clamp(((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy), 0, 1);
  return Math.hypot(x - fromX - along * dx, y - fromY - along * dy);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
