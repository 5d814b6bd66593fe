import { changeSwitch, stateOf } from '../switch/switch-file.ts';
import { left, pardoned } from '../switch/switch-state.ts';
import { acceptUpdate, updateUnderWay } from './update-job.ts';
import type { UpdaterOptions } from './updater-options.ts';

/** Somebody at this endpoint asks for the version that failed. @throws AppError STATE_UNWRITABLE */
export function retryWanted(options: UpdaterOptions): void {
  changeSwitch(options, (state) => {
    const version = state.pinned ?? options.desiredVersion();
    return version !== undefined && state.bad[version] !== undefined ? pardoned(state, version) : state;
  });
}

/** Somebody at this endpoint wants the previous version back, if there is a way to it. @throws AppError STATE_UNWRITABLE */
export function rollBack(options: UpdaterOptions): void {
  const { clock, journal, log } = options;
  const { current, previous, probation, bad } = stateOf(options);
  const isWay = previous !== undefined && !bad[previous] && updateUnderWay(journal) === undefined;
  if (probation === undefined && !isWay) {
    log.warn('update.no-way-back', 'A roll-back was asked for, but cannot be done now', {
      current,
      previous,
    });
    return;
  }
  const mark = { reason: 'It was rolled back by somebody at this endpoint', at: clock.now() };
  changeSwitch(options, (state) => left(state, mark));
  if (probation === undefined && previous !== undefined)
    acceptUpdate({ updateTo: previous, updateFrom: current }, options);
}
