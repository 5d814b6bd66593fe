import { readFileSync } from 'node:fs';

/** A file below installers/, with each @NAME@ in it replaced. Throws for a name that has no value, so that none ships unfilled. */
export function fillTemplate(path: string, values: Readonly<Record<string, string | number>>): string {
  return readFileSync(path, 'utf8').replace(/@([A-Z0-9_]+)@/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`"${path}" wants ${whole}, for which there is no value`);
    return String(value);
  });
}
