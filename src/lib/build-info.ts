declare const __VERSION__: string | undefined;
declare const __COMMIT__: string | undefined;

/** Written in by the bundler; a run from source says so. */
export const VERSION: string = typeof __VERSION__ === 'string' ? __VERSION__ : '0.0.0-source';
export const COMMIT: string = typeof __COMMIT__ === 'string' ? __COMMIT__ : 'unknown';
