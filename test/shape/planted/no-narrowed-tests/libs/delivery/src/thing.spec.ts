import { expect, test } from '@jest/globals';

const adds = (): void => expect(1 + 1).toBe(2);

test.only('adds', adds); // planted: house/no-narrowed-tests
test.skip('adds', adds); // planted: house/no-narrowed-tests
test.todo('adds'); // planted: house/no-narrowed-tests
(process.platform === 'linux' ? test : test.skip)('adds on Linux', adds);
