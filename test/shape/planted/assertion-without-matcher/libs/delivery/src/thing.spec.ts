import { expect, test } from '@jest/globals';

test('adds', () => {
  expect(1 + 1 > 1); // planted: house/assertion-without-matcher
  expect(1 + 1).toBe(2);
});
