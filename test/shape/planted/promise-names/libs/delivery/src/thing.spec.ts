import { expect, test } from '@jest/globals';

test('should add', () => { // planted: house/promise-names
  expect(1 + 1).toBe(2);
});

test('adds what should be added', () => {
  expect(1 + 1).toBe(2);
});
