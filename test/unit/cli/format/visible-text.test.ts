import { expect, test } from '@jest/globals';
import { visibleText } from '../../../../src/cli/format/visible-text.ts';

test.each([
  ['plain text, tabs\tand line ends', 'a\tb\r\nc', 'a\tb\r\nc'],
  ['colours', '\u001b[31mred\u001b[0m', '\u001b[31mred\u001b[0m'],
  ['a sequence that clears the screen', '\u001b[2J', '␛[2J'],
  ['a sequence that sets the title', '\u001b]0;pwned\u0007', '␛]0;pwned␇'],
  ['backspaces and NUL', 'a\b\0', 'a␈␀'],
  ['delete and C1 controls', '\u007f\u009b', '␡\ufffd'],
])('%s: a terminal is not steered', (_what, text, shown) => {
  expect(visibleText(text)).toBe(shown);
});
