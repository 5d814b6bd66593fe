// Runs inside the executables: loads a part that was kept out of the bundle, from the executable or from beside the bundle.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { getAsset, isSea } = require('node:sea');
const { compileFunction } = require('node:vm');

exports.loadPart = function loadPart(fileName) {
  const source = isSea() ? getAsset(fileName, 'utf8') : readFileSync(join(__dirname, fileName), 'utf8');
  const part = { exports: {} };
  const run = compileFunction(source, ['module', 'exports', 'require'], { filename: fileName });
  run(part, part.exports, require);
  return part.exports;
};
