import { checkSettings, invalid } from './check-settings.ts';
import type { AgentConfig, AgentSettings } from './schema.ts';
import { mergeSettings, nestSetting, variableOf, walkSettings } from './setting-paths.ts';

const PREFIX = 'COMMANDER_AGENT_';
/** Variables of ours that are no settings: the place of the file, and what `enroll` takes. */
const OTHERS = ['CONFIG', 'TOKEN', 'REGISTRATION_KEY'].map((name) => PREFIX + name);

/**
 * What COMMANDER_AGENT_* variables say. The defaults tell which there are and what they hold: a number, a text, or a list
 * with commas. An empty variable says nothing.
 * @throws AppError CONFIG_INVALID, also for one of our variables that is no setting.
 */
export function settingsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  defaults: AgentConfig,
): AgentSettings {
  const known = new Map([...walkSettings(defaults)].map((setting) => [variableOf(setting[0]), setting]));
  let settings: object = {};
  for (const [variable, text = ''] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || OTHERS.includes(variable) || text === '') continue;
    const source = `Environment variable "${variable}"`;
    const setting = known.get(variable);
    if (setting === undefined) throw invalid(source, 'it is not a setting of this agent');
    const [path, example] = setting;
    const one = nestSetting(path, valueLike(example, text));
    settings = mergeSettings(settings, checkSettings(one, source));
  }
  return settings;
}

/** What cannot be converted stays text, for the check to name it. */
function valueLike(example: unknown, text: string): unknown {
  if (typeof example === 'number') return /^-?\d+$/.test(text.trim()) ? Number(text) : text;
  if (Array.isArray(example)) return text.split(',').map((part) => part.trim());
  return text;
}
