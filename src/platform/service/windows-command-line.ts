/** One text that CommandLineToArgvW takes apart into these words again. */
export function windowsCommandLine(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

/** Backslashes are ordinary characters except before a quote, where each must be doubled. */
function quote(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word;
  const escaped = word.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\+)$/, '$1$1');
  return `"${escaped}"`;
}
