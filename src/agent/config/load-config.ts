import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemErrorCode } from '../../lib/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import type { SettingFlags } from '../../protocol/endpoint.ts';
import { checkSettings, invalid } from './check-settings.ts';
import { defaultConfig } from './defaults.ts';
import { settingsFromEnvironment } from './environment.ts';
import type { AgentConfig, AgentSettings } from './schema.ts';
import { mergeSettings } from './setting-paths.ts';

export interface ConfigSources {
  readonly flags: SettingFlags;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: Pick<Platform, 'defaultStateDir' | 'defaultConfigPath'>;
}

/**
 * The agent's settings: flags go before the environment, that before the configuration file, that before the defaults.
 * @throws AppError CONFIG_INVALID naming source, key and value.
 */
export function loadConfig({ flags, environment, platform }: ConfigSources): AgentConfig {
  const defaults = defaultConfig(platform);
  const namedFile = flags.config ?? environment['COMMANDER_AGENT_CONFIG'];
  const layers = [
    readSettings(namedFile ?? platform.defaultConfigPath(), namedFile !== undefined),
    settingsFromEnvironment(environment, defaults),
    settingsFromFlags(flags),
  ];
  const config = layers.reduce(mergeSettings, defaults) as AgentConfig;
  return { ...config, stateDir: resolve(config.stateDir) };
}

/** A file that somebody named must be there; the one in the usual place need not. */
function readSettings(path: string, named: boolean): AgentSettings {
  const source = `Configuration file "${path}"`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (!named && systemErrorCode(cause) === 'ENOENT') return {};
    throw invalid(source, 'it cannot be read', cause);
  }
  return checkSettings(parse(text, source), source);
}

function parse(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(source, 'it is not JSON', cause);
  }
}

function settingsFromFlags({ stateDir, logLevel }: SettingFlags): AgentSettings {
  return {
    ...(stateDir === undefined ? {} : checkSettings({ stateDir }, 'Option "--state-dir"')),
    ...(logLevel === undefined ? {} : checkSettings({ logLevel }, 'Option "--log-level"')),
  };
}
