import type { SettingFlags } from '../../protocol/endpoint.ts';
import { command, type About, type DocumentedCommand } from '../command.ts';

/** A command that works on one agent's settings and state. */
export function endpointCommand(name: string, about: About): DocumentedCommand {
  return command(name, about)
    .option('--state-dir <folder>', "the agent's state ($COMMANDER_AGENT_STATE_DIR)")
    .option('--config <file>', 'its configuration ($COMMANDER_AGENT_CONFIG)')
    .option('--log-level <level>', 'error, warn, info or debug ($COMMANDER_AGENT_LOG_LEVEL)');
}

/** The options above, out of all that a command was given. */
export function settingsOf({ stateDir, config, logLevel }: SettingFlags): SettingFlags {
  return {
    ...(stateDir === undefined ? {} : { stateDir }),
    ...(config === undefined ? {} : { config }),
    ...(logLevel === undefined ? {} : { logLevel }),
  };
}
