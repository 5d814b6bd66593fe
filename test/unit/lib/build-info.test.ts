import { expect, test } from '@jest/globals';
import { COMMIT, VERSION } from '../../../src/lib/build-info.ts';

test('what runs from source says so, instead of claiming a release', () => {
  expect([VERSION, COMMIT]).toEqual(['0.0.0-source', 'unknown']);
});
