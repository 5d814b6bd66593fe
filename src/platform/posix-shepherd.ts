import type { ProgramStart, ShepherdOrder } from './platform.ts';

/**
 * Stays with one program after we are gone: starts it, writes all its output into a log that it rotates, and at the end its
 * exit code into a file, in one piece. It is a shell script because there is one beside each service, for months, and a
 * shell takes a fraction of the memory that we do. What it is careful about:
 * - The link made of its birth certificate is a token that exists once: without it, taken away by an agent that gave up
 *   waiting for it perhaps, it does nothing. So a service is never started twice.
 * - It is nobody's child: an agent that replaces itself, or is its container's first process, would not know what to do
 *   with a dead one. Its first parent waits until it has the token, or has failed to get it, and kills itself; that is no
 *   `&`, because what a shell starts so has its SIGINT and SIGQUIT ignored for good, and so would the program.
 * - Only the program and its descendants carry the mark, so whoever ends these leaves the shepherd to tell how they ended.
 * - The program is waited for in the foreground, where a shell puts its own signals off until then: one sent to the whole
 *   group must not keep the exit code from being written. A trap with a command in it is not inherited, as ignoring would be.
 * - dd hands on each piece as it comes, and says "0+0 records in" at the end of its input only (POSIX has it so).
 * - How large the log may grow is looked up again and again, so that it can be changed while the program runs.
 * - A log that cannot be written, on a full disk say, is passed over: it must not stop the program.
 */
const SCRIPT = String.raw`
run=$1 log=$2
shift 2
{ echo $$ && BIRTH; } >"$run/birth" && ln "$run/birth" "$run/shepherd" || exit 0
exec >/dev/null

rotate() {
  i=$files
  while [ "$i" -gt 1 ]; do
    mv -f "$log.$((i - 1))" "$log.$i" 2>/dev/null
    i=$((i - 1))
  done
  mv -f "$log" "$log.1"
}

keep_log() {
  trap '' TERM HUP INT
  while :; do
    read -r new_max new_files <"$run/log-limits" && max=$new_max files=$new_files
    size=$(wc -c 2>/dev/null <"$log") || size=0
    if [ "$size" -ge "$max" ]; then rotate; size=0; fi
    count=$(((max - size) / 4096 + 1))
    [ "$count" -gt 256 ] && count=256
    took=$(LC_ALL=C dd bs=4096 "count=$count" 2>&1 >>"$log") ||
      took=$(LC_ALL=C dd bs=4096 count=256 2>&1 >/dev/null)
    case $took in "0+0 records in"*) break ;; esac
  done
} 2>/dev/null

trap : TERM HUP INT
{
  trap : TERM HUP INT
  COMMANDER_SERVICE=$run /bin/sh -c 'echo $$ >"$COMMANDER_SERVICE/program"; exec "$@"' sh "$@"
  echo $? >"$run/exit.part" && mv "$run/exit.part" "$run/exit"
} 2>&1 | keep_log
`;

const NOBODYS_CHILD = String.raw`/bin/sh -c "$0" shepherd "$@" | { read -r _; kill -KILL $$; }`;

/** `birth` is a command that tells the shell's own start, see `Platform.processIdentity`. */
export function posixShepherd(
  { runDir, logPath, command, args }: ShepherdOrder,
  birth: string,
): ProgramStart {
  const script = SCRIPT.replace('BIRTH', () => birth);
  return { command: '/bin/sh', args: ['-c', NOBODYS_CHILD, script, runDir, logPath, command, ...args] };
}
