/** Where a setting is: `['jobs', 'timeoutSeconds']`. */
export type SettingPath = readonly string[];

/** Every single setting below `settings`, with the value it has there. Lists are values. */
export function* walkSettings(settings: object, above: SettingPath = []): Generator<[SettingPath, unknown]> {
  for (const [key, value] of Object.entries(settings)) {
    const path = [...above, key];
    if (isGroup(value)) yield* walkSettings(value, path);
    else yield [path, value];
  }
}

/** `target` with all that `source` says, group by group. */
export function mergeSettings(target: object, source: object): object {
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(source)) {
    const below = merged[key];
    merged[key] = isGroup(value) && isGroup(below) ? mergeSettings(below, value) : value;
  }
  return merged;
}

/** `{ jobs: { timeoutSeconds: value } }`, to be merged. */
export function nestSetting(path: SettingPath, value: unknown): object {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;
}

/** `jobs.timeoutSeconds`, as it is called in messages. */
export function nameOfSetting(path: SettingPath): string {
  return path.join('.');
}

/** `COMMANDER_AGENT_JOBS_TIMEOUT_SECONDS`. */
export function variableOf(path: SettingPath): string {
  const words = path.map((key) => key.replaceAll(/[A-Z]/g, (capital) => `_${capital}`));
  return `COMMANDER_AGENT_${words.join('_').toUpperCase()}`;
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
