import { InvalidArgumentError } from 'commander';
import { validateUnitName } from '../../protocol/generated/desired.js';
import type { Probe, ServiceSpec } from '../../protocol/schemas/desired.ts';
import { duration, wholeNumber } from '../input/option-values.ts';

/** Parsers of option values that only tasks and services know. */

export function unitName(text: string): string {
  if (validateUnitName(text)) return text;
  throw new InvalidArgumentError(
    'It must have at most 63 lower-case letters, digits, ".", "_" and "-", and begin with a letter or a digit.',
  );
}

/** `5/10m`: five restarts within ten minutes. */
export function restartLimit(text: string): NonNullable<ServiceSpec['restartBudget']> {
  const [limit = '', window = '', ...rest] = text.split('/');
  if (window === '' || rest.length > 0) throw new InvalidArgumentError('It must be such as 5/10m.');
  return { limit: wholeNumber(0, 1000)(limit), windowSeconds: duration(1, 86_400)(window) };
}

const PROBE_FORMS = 'It must be process, tcp:PORT, http:PORT/PATH or command:PROGRAM ARGUMENT….';

/** `process`, `tcp:5432`, `http:8080/health`, `command:./check.sh --quick`. */
export function probe(text: string): Probe {
  if (text === 'process') return { kind: 'process' };
  const [, kind = '', detail = ''] = /^(tcp|http|command):(.+)$/.exec(text) ?? [];
  if (kind === 'tcp') return { kind, port: port(detail) };
  if (kind === 'http') {
    const [, number = '', path] = /^(\d+)(\/\S*)?$/.exec(detail) ?? [];
    return { kind, port: port(number), ...(path === undefined ? {} : { path }) };
  }
  const command = detail.split(/\s+/).filter((word) => word !== '');
  if (kind === 'command' && command.length > 0) return { kind, command };
  throw new InvalidArgumentError(PROBE_FORMS);
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError(PROBE_FORMS);
}
