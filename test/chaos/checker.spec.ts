import { describe, expect, test } from '@jest/globals';
import { check, type Findings } from './checker.js';
import type { History, LedgerEvent, Taken } from './history.js';

const T = 1_000_000;

/** One message as the ledger and the sink tell it. */
interface Told {
  readonly id: string;
  readonly state: string;
  /** What its events say, and when after T. The first is the planning. */
  readonly events: readonly (readonly [state: string, afterT: number])[];
  /** When after T the sink took it, and which bytes. */
  readonly copies?: readonly (readonly [afterT: number, sha256?: string])[];
}

const ACCEPTED: Told = {
  id: 'a',
  state: 'accepted',
  events: [
    ['planned', -900],
    ['dot_pending', 2.5],
    ['accepted', 9],
  ],
  copies: [[3]],
};

const RESENT: Told = {
  id: 'a',
  state: 'accepted',
  events: [
    ['planned', -900],
    ['dot_pending', 2],
    ['unknown', 100],
    ['ready', 200],
    ['dot_pending', 300],
    ['accepted', 310],
  ],
  copies: [[3], [305]],
};

function history(messages: readonly Told[], planned = messages.length): History {
  return {
    plans: [{ id: 'd', state: 'finished', planned, liftsAt: T }],
    rows: messages.map(({ id, state }) => ({ id, distribution: 'd', address: `${id}@desk.example`, state })),
    events: messages.flatMap(({ id, events }) =>
      events.map(([state, after]): LedgerEvent => ({ delivery: id, at: T + after, state })),
    ),
    taken: messages.flatMap(({ id, copies = [] }) =>
      copies.map(([after, sha256 = 'same']): Taken => ({
        at: T + after,
        to: `${id}@desk.example`,
        messageId: `<${id}@clear-harbour.example>`,
        sha256,
      })),
    ),
  };
}

const counts = ({ early, duplicates, unflaggedDuplicates, silentLosses, late, unknown, ...claims }: Findings) => ({
  ...(early ? { early } : {}),
  ...(duplicates ? { duplicates } : {}),
  ...(unflaggedDuplicates ? { unflaggedDuplicates } : {}),
  ...(silentLosses ? { silentLosses } : {}),
  ...(late ? { late } : {}),
  ...(unknown ? { unknown } : {}),
  ...(claims.doubleClaims ? { doubleClaims: claims.doubleClaims } : {}),
  ...(claims.staleDots ? { staleDots: claims.staleDots } : {}),
});

const judged = (...messages: readonly Told[]) => counts(check(history(messages), { lateAfterMs: 5_000 }));
const but = (told: Told, change: Partial<Told>): Told => ({ ...told, ...change });

describe('the checker finds nothing in a history', () => {
  test('in which every message was taken once, or refused, or never left', () => {
    expect(
      judged(
        ACCEPTED,
        {
          id: 'b',
          state: 'refused',
          events: [
            ['planned', -9],
            ['dot_pending', 1],
            ['refused', 2],
          ],
        },
        {
          id: 'c',
          state: 'suppressed',
          events: [
            ['planned', -9],
            ['suppressed', -5],
          ],
        },
        {
          id: 'd',
          state: 'cancelled',
          events: [
            ['planned', -9],
            ['cancelled', -5],
          ],
        },
      ),
    ).toEqual({});
  });

  test('in which the sink took a message in the millisecond of T', () => {
    expect(
      judged(
        but(ACCEPTED, {
          events: [
            ['planned', -9],
            ['dot_pending', 0],
            ['accepted', 1],
          ],
          copies: [[0]],
        }),
      ),
    ).toEqual({});
  });
});

describe('the checker counts as unknown, and not as lost, what nobody can know', () => {
  test.each(['unknown', 'held'])('%s, taken or not', (state) => {
    const told: Told = {
      id: 'a',
      state,
      events: [
        ['planned', -9],
        ['dot_pending', 1],
        ['unknown', 2],
        ['held', 3],
      ],
    };
    const right = but(told, { events: told.events.slice(0, state === 'held' ? 4 : 3) });
    expect(judged(right)).toEqual({ unknown: 1 });
    expect(judged(but(right, { copies: [[1]] }))).toEqual({ unknown: 1 });
  });
});

describe('the checker calls early', () => {
  test('what the sink took one millisecond before T', () => {
    expect(judged(but(ACCEPTED, { copies: [[-1]] }))).toMatchObject({ early: 1 });
  });

  test.each([
    [-0.001, 9],
    [1, -0.001],
  ])('a row that was past its dot at %s ms after T and accepted at %s, whatever the sink says', (dot, accepted) => {
    const events = [
      ['planned', -9],
      ['dot_pending', dot],
      ['accepted', accepted],
    ] as const;
    expect(judged(but(ACCEPTED, { events }))).toEqual({ early: 1 });
  });
});

describe('the checker calls late', () => {
  test('what was taken later than allowed, and nothing else', () => {
    expect(judged(but(ACCEPTED, { copies: [[5_000]] }))).toEqual({});
    expect(judged(but(ACCEPTED, { copies: [[5_001]] }))).toEqual({ late: 1 });
  });
});

describe('the checker calls a repeat', () => {
  test('flagged when the row was unknown before the second copy', () => {
    expect(judged(RESENT)).toEqual({ duplicates: 1 });
  });

  test('unflagged when the row was never unknown', () => {
    const events = RESENT.events.filter(([state]) => state !== 'unknown');
    expect(judged(but(RESENT, { events }))).toEqual({ duplicates: 1, unflaggedDuplicates: 1 });
  });

  test('unflagged when the row became unknown only after the second copy', () => {
    const found = judged(but(RESENT, { copies: [[3], [50]] }));
    expect(found).toEqual({ duplicates: 1, unflaggedDuplicates: 1, silentLosses: 1 });
  });

  test('unflagged when there are three copies and one flag', () => {
    const found = judged(but(RESENT, { copies: [[3], [305], [306]] }));
    expect(found).toEqual({ duplicates: 2, unflaggedDuplicates: 1, silentLosses: 1 });
  });

  test('unflagged when its bytes differ', () => {
    expect(judged(but(RESENT, { copies: [[3], [305, 'other']] }))).toEqual({ duplicates: 1, unflaggedDuplicates: 1 });
  });

  test('unflagged when its bytes were not looked at', () => {
    const { plans, rows, events, taken } = history([RESENT]);
    const blind = taken.map(({ at, to, messageId }) => ({ at, to, messageId }));
    expect(check({ plans, rows, events, taken: blind })).toMatchObject({ unflaggedDuplicates: 1 });
  });

  test('unflagged when two rows served one address', () => {
    const { plans, rows, events, taken } = history([ACCEPTED, but(ACCEPTED, { id: 'b' })]);
    const same = 'A@desk.example';
    const found = check({
      plans,
      rows: rows.map((row) => ({ ...row, address: same })),
      events,
      taken: taken.map((one) => ({ ...one, to: same })),
    });
    expect(counts(found)).toEqual({ duplicates: 1, unflaggedDuplicates: 1 });
  });
});

describe('the checker calls a silent loss', () => {
  test('a row that says accepted and that the sink never had', () => {
    expect(judged(but(ACCEPTED, { copies: [] }))).toEqual({ silentLosses: 1 });
  });

  test.each(['planned', 'ready', 'dot_pending', 'deferred'])('a row that is still %s when the run is over', (state) => {
    expect(
      judged({
        id: 'a',
        state,
        events: [
          ['planned', -9],
          [state, 1],
        ],
      }),
    ).toEqual({ silentLosses: 1 });
  });

  test.each(['refused', 'cancelled', 'suppressed', 'expired'])(
    'a message that was taken and whose row is %s',
    (state) => {
      const told = but(ACCEPTED, {
        state,
        events: [
          ['planned', -9],
          ['dot_pending', 1],
          [state, 5],
        ],
      });
      expect(judged(told)).toEqual({ silentLosses: 1 });
    },
  );

  test('a message that no row knows, or that has no Message-ID', () => {
    const { plans, rows, events, taken } = history([ACCEPTED]);
    const stray = { at: T + 1, to: 'x@desk.example', messageId: '<x@clear-harbour.example>' };
    expect(check({ plans, rows, events, taken: [...taken, stray] })).toMatchObject({ silentLosses: 1 });
    expect(check({ plans, rows, events, taken: [...taken, { at: T + 1, to: 'a@desk.example' }] })).toMatchObject({
      silentLosses: 1,
    });
  });

  test('a message that went to another address', () => {
    const { plans, rows, events, taken } = history([ACCEPTED]);
    const astray = taken.map((one) => ({ ...one, to: 'z@desk.example' }));
    expect(check({ plans, rows, events, taken: astray })).toMatchObject({ silentLosses: 1 });
  });

  test('fewer rows than were planned', () => {
    expect(check(history([ACCEPTED], 2))).toMatchObject({ silentLosses: 1 });
  });

  test('a row whose last event says something else', () => {
    const events = ACCEPTED.events.filter(([state]) => state !== 'accepted');
    expect(judged(but(ACCEPTED, { events }))).toEqual({ silentLosses: 1 });
  });

  test('a message taken before the ledger let its dot go', () => {
    expect(judged(but(ACCEPTED, { copies: [[1]] }))).toEqual({ silentLosses: 1 });
    const { plans, rows, events, taken } = history([but(ACCEPTED, { copies: [[1]] })]);
    expect(check({ plans, rows, events, taken }, { oneClock: false }).silentLosses).toBe(0);
  });

  test('a message taken though the ledger never let its dot go', () => {
    const events = ACCEPTED.events.filter(([state]) => state !== 'dot_pending');
    expect(judged(but(ACCEPTED, { events }))).toEqual({ silentLosses: 1 });
  });

  test('a row of no distribution', () => {
    const { rows, events, taken } = history([ACCEPTED]);
    expect(check({ plans: [], rows, events, taken })).toMatchObject({ silentLosses: 1 });
  });
});

describe('the checker tells of workers that were not alone', () => {
  test('two dots let go for one row with no verdict between them', () => {
    const events = [
      ['planned', -9],
      ['dot_pending', 1],
      ['dot_pending', 2],
      ['accepted', 5],
    ] as const;
    expect(judged(but(ACCEPTED, { events }))).toEqual({ doubleClaims: 1 });
  });

  test('a dot that left long after the ledger had given it up, and not one that the sink read a little late', () => {
    const events = [
      ['planned', -9],
      ['dot_pending', 1],
      ['unknown', 900],
      ['accepted', 4_000],
    ] as const;
    expect(judged(but(ACCEPTED, { events, copies: [[1_300]] }))).toEqual({});
    expect(judged(but(ACCEPTED, { events, copies: [[1_500]] }))).toEqual({ staleDots: 1 });
  });
});
