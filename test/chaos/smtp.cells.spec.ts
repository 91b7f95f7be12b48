import { describe, expect, test } from '@jest/globals';
import { matrix, whims } from './smtp.cells.js';

describe('the whims of mail servers', () => {
  test('are 7 phases × 8 faults, cold and warm, none twice and none forgotten', () => {
    const cells = matrix();
    expect(cells).toHaveLength(112);
    expect(new Set([...cells, ...whims()].map((cell) => cell.name)).size).toBe(cells.length + whims().length);
    expect(cells.filter((cell) => cell.says === 'forgotten')).toEqual([]);
  });

  test('leave nothing unknown that has not passed its dot', () => {
    const unknown = matrix().filter((cell) => cell.says === 'unknown' && !/^(dot|body silence)/.test(cell.name));
    expect(unknown).toEqual([]);
  });
});
