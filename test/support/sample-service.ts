import type { ServiceSpec } from '../../src/protocol/schemas/desired.ts';

export function sampleService(more: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name: 'web',
    filename: 'web.sh',
    executor: 'bash',
    archive: { sha256: 'c'.repeat(64), size: 100 },
    ...more,
  };
}
