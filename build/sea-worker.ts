/**
 * One call of pkg's SEA packer in a process of its own, because pkg changes the current folder, prints as it goes and finds its
 * runtimes below the home folder that it is given. The argument is a `SeaOrder` in JSON.
 */
import type { SeaConfig } from '@yao-pkg/pkg/lib-es5/sea.js';
import packer from '@yao-pkg/pkg/lib-es5/sea.js';
import type { SeaOrder } from './pack.ts';

const order = JSON.parse(process.argv[2] ?? '') as SeaOrder;

/** What Node's SEA configuration takes beyond what pkg's types know; pkg hands it on as it is. */
const seaConfig: SeaConfig & { execArgv: readonly string[]; execArgvExtension: 'none' } = {
  disableExperimentalSEAWarning: true,
  useSnapshot: false,
  useCodeCache: order.useCodeCache,
  assets: order.assets,
  execArgv: order.execArgv,
  execArgvExtension: 'none', // else NODE_OPTIONS of whoever starts the agent could run code in it
};

await packer.default(order.bundlePath, {
  targets: [
    { nodeRange: `node${order.nodeVersion}`, platform: order.os, arch: order.arch, output: order.outPath },
  ],
  signature: false,
  seaConfig,
});
