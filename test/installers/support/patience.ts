import { jest } from '@jest/globals';

/** Milliseconds for one test: some install, upgrade or boot whole systems. */
jest.setTimeout(120_000);
