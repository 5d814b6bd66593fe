import { AppError } from '../../lib/errors.ts';
import type { RolloutPlan } from '../../store/server/rollout-store.ts';

/** What a schema cannot say of a plan. @throws AppError ROLLOUT_INVALID */
export function requirePlan({ stages, window }: RolloutPlan): void {
  const percents = stages.map(({ percent }) => percent);
  const grow = percents.every((percent, i) => percent > (percents[i - 1] ?? 0));
  if (!grow || percents.at(-1) !== 100) {
    throw invalid(`the stages ${percents.join(', ')} must grow, and end at 100`);
  }
  if (window !== undefined && !isTimeZone(window.timeZone)) {
    throw invalid(`"${window.timeZone}" is no time zone; give one such as Europe/Zurich`);
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function invalid(why: string): AppError {
  return new AppError('ROLLOUT_INVALID', `The plan of the rollout cannot work: ${why}`);
}
