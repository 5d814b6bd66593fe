import { InvalidArgumentError, Option } from 'commander';
import type { ReleaseRole } from '../../protocol/schemas/releases.ts';

/** `--role`, which may be repeated and takes one of `roles`. */
export function roleOption(roles: readonly ReleaseRole[], help: string): Option {
  return new Option('--role <role>', `${help}: ${roles.join(', ')}; may be repeated`)
    .argParser((text: string, before: ReleaseRole[] | undefined): ReleaseRole[] => {
      const role = roles.find((each) => each === text);
      if (role === undefined) throw new InvalidArgumentError(`It must be ${roles.join(', or ')}.`);
      return [...(before ?? []), role];
    })
    .makeOptionMandatory();
}
