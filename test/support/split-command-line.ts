/** The words of a command line as a shell would see them, up to a redirection. Double quotes are all it knows. */
export function splitCommandLine(line: string): string[] {
  const words = [...line.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const redirection = words.findIndex((word) => word === '<' || word === '>' || word === '|');
  return redirection === -1 ? words : words.slice(0, redirection);
}
