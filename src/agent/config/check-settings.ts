import { AppError } from '../../lib/errors.ts';
import { validateAgentSettings } from './generated/schema.js';
import type { AgentSettings } from './schema.ts';

/**
 * Takes what a source says only if all of it is known and right.
 * @throws AppError CONFIG_INVALID naming source, key and value.
 */
export function checkSettings(settings: unknown, source: string): AgentSettings {
  if (validateAgentSettings(settings)) return settings;
  const problem = validateAgentSettings.errors?.[0];
  const unknownKey = problem?.params?.['additionalProperty'];
  const keys = (problem?.instancePath ?? '').split('/').slice(1);
  if (typeof unknownKey === 'string') {
    throw invalid(source, `"${[...keys, unknownKey].join('.')}" is not a setting of this agent`);
  }
  if (keys.length === 0) throw invalid(source, 'it must hold one JSON object');
  const value = JSON.stringify(valueAt(settings, keys));
  throw invalid(source, `"${keys.join('.')}" ${wantedBy(problem)}, not ${value}`);
}

export function invalid(source: string, why: string, cause?: unknown): AppError {
  return new AppError('CONFIG_INVALID', `${source} is not valid: ${why}`, { cause });
}

function wantedBy(problem: { message?: string; params?: Record<string, unknown> } | undefined): string {
  const allowed = problem?.params?.['allowedValues'];
  if (Array.isArray(allowed)) return `must be one of ${allowed.map((value) => `"${value}"`).join(', ')}`;
  return problem?.message ?? 'has a wrong value';
}

function valueAt(settings: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], settings);
}
