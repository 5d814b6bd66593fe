import type * as x509 from '@peculiar/x509';

/** Loads the X.509 library at first use. It insists on the polyfill being there before it. */
export async function loadX509(): Promise<typeof x509> {
  await import('reflect-metadata');
  return await import('@peculiar/x509');
}
