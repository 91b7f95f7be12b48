import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Clock } from '#libs/kernel';
import { familyOf } from './domain.family.js';
import { FULL, GO } from './lane.js';
import { readLaneRules } from './lane.rules.js';
import { Lanes, type KnownLane } from './lanes.js';
import type { Verdict } from './verdict.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

function house(rules = '', connections = 10) {
  const time = { ms: 1_000_000 };
  const clock: Clock = { now: () => time.ms, monotonic: () => time.ms, sleep: async () => undefined };
  const lanes = new Lanes({ connections, clock, rules: readLaneRules(rules) });
  const send = (address: string, verdict: Verdict) => {
    const lane = lanes.of(address);
    lanes.started(lane);
    lanes.finished(lane, verdict);
  };
  return {
    lanes,
    send,
    pass: (ms: number) => (time.ms += ms),
    wait: (address: string) => lanes.wait(lanes.of(address)),
  };
}

const accepted: Verdict = { word: 'accepted', code: 250, reply: '250 ok' };
const throttled: Verdict = {
  word: 'deferred',
  phase: 'rcpt',
  whose: 'recipient',
  throttled: 'domain',
  why: 'slow down',
  code: 421,
  reply: '421 4.7.28 too fast',
};
const greylisted: Verdict = {
  word: 'deferred',
  phase: 'rcpt',
  whose: 'recipient',
  why: 'wait',
  code: 450,
  reply: '450 x',
};
const refusedUs: Verdict = {
  word: 'lane',
  kind: 'policy',
  scope: 'domain',
  phase: 'dot_sent',
  why: 'refuses us',
  reply: '550 5.7.26 unauthenticated',
};
const gmail = 'a@gmail.com';
const outlet = 'b@outlet.example';

describe('lanes', () => {
  test('a domain that throttles us waits by itself; nobody else does', () => {
    const { send, wait } = house();
    send(gmail, throttled);
    expect(wait(gmail)).toBe(30 * SECOND);
    expect(wait('c@googlemail.com')).toBe(30 * SECOND);
    expect([wait(outlet), wait('d@qq.com'), wait('e@yahoo.com.hk')]).toEqual([GO, GO, GO]);
  });

  test('waits longer each time in a row, from half a minute to a quarter of an hour', () => {
    const { send, wait, pass } = house();
    const waits = Array.from({ length: 8 }, () => {
      send(gmail, throttled);
      const ms = wait(gmail);
      pass(ms);
      return ms / SECOND;
    });
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  });

  test('what was under way when it was throttled is one trouble, not ten', () => {
    const { lanes, wait } = house();
    const lane = lanes.of(gmail);
    for (let i = 0; i < 10; i++) lanes.started(lane);
    for (let i = 0; i < 10; i++) lanes.finished(lane, throttled);
    expect(wait(gmail)).toBe(30 * SECOND);
    expect(lanes.takeChanges()).toHaveLength(1);
  });

  test('after the wait one message goes first, then half as many as before, then ever more', () => {
    const { lanes, pass, wait } = house();
    const lane = lanes.of(gmail);
    for (let i = 0; i < 8; i++) lanes.started(lane);
    lanes.finished(lane, throttled);
    for (let i = 0; i < 7; i++) lanes.finished(lane, accepted);
    expect(wait(gmail)).toBeGreaterThan(0);
    pass(30 * SECOND);
    expect(wait(gmail)).toBe(GO);
    lanes.started(lane);
    expect(wait(gmail)).toBe(FULL);
    lanes.finished(lane, accepted);
    const room = () => {
      let taken = 0;
      for (; lanes.wait(lane) === GO && taken < 100; taken++) lanes.started(lane);
      for (let i = 0; i < taken; i++) lanes.left(lane);
      return taken;
    };
    expect(room()).toBe(4);
    const rooms = Array.from({ length: 30 }, () => {
      lanes.started(lane);
      lanes.finished(lane, accepted);
      return room();
    });
    expect(rooms.slice(0, 4)).toEqual([5, 6, 7, 8]);
    // as wide as the relay: nothing is left of the trouble, and a share is all that a domain gets of a stuck server
    expect(rooms.at(-1)).toBe(100);
  });

  test('one that works again starts over: a later trouble is a first one', () => {
    const { send, wait, pass } = house();
    for (let i = 0; i < 3; i++) {
      send(gmail, throttled);
      pass(wait(gmail));
    }
    for (let i = 0; i < 40; i++) send(gmail, accepted);
    send(gmail, throttled);
    expect(wait(gmail)).toBe(30 * SECOND);
  });

  test('greylisting, a full mailbox or a refused address is nobody else’s trouble', () => {
    const { send, wait, lanes } = house();
    for (let i = 0; i < 50; i++) send(gmail, greylisted);
    send(gmail, { word: 'refused', phase: 'rcpt', about: 'address', reply: '550 5.1.1 no' });
    send(gmail, { word: 'unknown', why: 'lost' });
    send(gmail, { word: 'stopped', phase: 'body', why: 'gate' });
    send(gmail, { word: 'deferred', phase: 'body', whose: 'relay', why: 'reset' });
    expect(wait(gmail)).toBe(GO);
    expect(lanes.takeChanges()).toEqual([]);
  });

  test('a domain that refuses us is held, and told once with its words', () => {
    const { send, wait, lanes } = house();
    send(outlet, refusedUs);
    send(gmail, accepted);
    expect(wait(outlet)).toBe(MINUTE);
    expect(wait(gmail)).toBe(GO);
    const trouble = { kind: 'policy', why: 'refuses us', reply: '550 5.7.26 unauthenticated' };
    expect(lanes.takeChanges()).toEqual([{ lane: 'outlet.example', waitMs: MINUTE, strikes: 1, trouble }]);
    expect(lanes.takeChanges()).toEqual([]);
  });

  test('three domains that refuse us in a row are the relay refusing us, and none of them is blamed', () => {
    const { send, wait, lanes, pass } = house();
    for (const domain of ['a', 'b']) send(`x@${domain}.example`, refusedUs);
    expect(lanes.relayTrouble).toBeUndefined();
    send('x@c.example', refusedUs);
    expect(lanes.relayTrouble).toMatchObject({ kind: 'policy' });
    expect(wait(gmail)).toBe(5 * SECOND);
    pass(5 * SECOND);
    expect([wait('x@a.example'), wait('x@b.example'), wait('x@c.example')]).toEqual([GO, GO, GO]);
  });

  test('… unless somebody takes mail in between', () => {
    const { send, lanes } = house();
    for (const domain of ['a', 'b', 'c', 'd', 'e']) {
      send(`x@${domain}.example`, refusedUs);
      send(gmail, accepted);
    }
    expect(lanes.relayTrouble).toBeUndefined();
  });

  test.each(['auth', 'tls', 'policy', 'connect'] as const)(
    'trouble with the relay (%s) holds everything 5 s',
    (kind) => {
      const { send, wait, pass, lanes } = house();
      send(gmail, { word: 'lane', kind, scope: 'relay', phase: 'connected', why: 'no' });
      expect([wait(gmail), wait(outlet)]).toEqual([5 * SECOND, 5 * SECOND]);
      expect(lanes.takeChanges()).toEqual([]);
      pass(5 * SECOND);
      expect([wait(gmail), wait(outlet)]).toEqual([GO, GO]);
    },
  );

  test('a message that goes first for the relay and hears nothing does not keep the others', () => {
    const { lanes, send, pass, wait } = house();
    send(gmail, { word: 'lane', kind: 'connect', scope: 'relay', phase: 'connected', why: 'no' });
    pass(5 * SECOND);
    lanes.started(lanes.of('x@silent.example'));
    send(gmail, accepted);
    for (let i = 0; i < 5; i++) {
      expect(wait(outlet)).toBe(GO);
      send(outlet, accepted);
    }
  });

  test('a domain whose server falls silent gets no more than its share of the connections', () => {
    const { lanes, wait, pass } = house('', 10);
    const silent = lanes.of('x@silent.example');
    for (let i = 0; i < 10; i++) lanes.started(silent);
    expect(lanes.wait(silent)).toBe(GO);
    pass(2500);
    expect(lanes.wait(silent)).toBe(FULL);
    expect(wait(gmail)).toBe(GO);
    lanes.finished(silent, accepted);
    expect(lanes.wait(silent)).toBe(GO);
  });

  test('keeps to a concurrency and a rate', () => {
    const { lanes, pass, wait } = house('gmail.com=concurrency:3; qq.com=rate:20/s');
    const google = lanes.of(gmail);
    for (let i = 0; i < 3; i++) lanes.started(google);
    expect(wait(gmail)).toBe(FULL);
    lanes.left(google);
    expect(wait(gmail)).toBe(GO);
    const qq = lanes.of('q@foxmail.com');
    let begun = 0;
    for (let ms = 0; ms < 10 * SECOND; ms += 7) {
      while (lanes.wait(qq) === GO) {
        lanes.started(qq);
        lanes.finished(qq, accepted);
        begun += 1;
      }
      pass(7);
    }
    expect(begun).toBeGreaterThanOrEqual(199);
    expect(begun).toBeLessThanOrEqual(203);
  });

  test('spreads the next tries of those that wait, after the cooling down', () => {
    const { lanes, send } = house('qq.com=rate:2/s');
    send('q@qq.com', throttled);
    const waits = Array.from({ length: 10 }, () => lanes.postpone(lanes.of('q@qq.com')) / SECOND);
    expect(waits).toEqual([30, 31, 31, 32, 32, 33, 33, 34, 34, 35]);
  });

  test('counts every message back out, whatever comes of it', () => {
    const verdicts = fc.constantFrom(accepted, throttled, greylisted, refusedUs, {
      word: 'unknown',
      why: 'x',
    } as Verdict);
    const steps = fc.array(fc.tuple(fc.constantFrom(gmail, outlet, 'q@qq.com'), verdicts, fc.nat(60_000)), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const { lanes, pass } = house('*=concurrency:4');
        const flying: [ReturnType<typeof lanes.of>, Verdict][] = [];
        for (const [address, verdict, ms] of all) {
          const lane = lanes.of(address);
          if (lanes.wait(lane) === GO) {
            lanes.started(lane);
            flying.push([lane, verdict]);
          }
          expect(lane.inHand).toBeLessThanOrEqual(4);
          pass(ms);
          const [landed] = ms % 2 === 0 ? flying.splice(0, 1) : [];
          if (landed) lanes.finished(...landed);
        }
        for (const [lane, verdict] of flying) lanes.finished(lane, verdict);
        expect([gmail, outlet, 'q@qq.com'].map((address) => lanes.of(address).inHand)).toEqual([0, 0, 0]);
        expect(lanes.relay.inHand).toBe(0);
      }),
    );
  });

  test('never waits for ever: whatever happened, every lane may be tried again within a quarter of an hour', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(throttled, refusedUs), fc.nat(20 * MINUTE))), (all) => {
        const { send, wait, pass } = house();
        for (const [verdict, ms] of all) {
          if (wait(gmail) === GO) send(gmail, verdict);
          pass(ms);
        }
        expect(wait(gmail)).toBeLessThanOrEqual(15 * MINUTE);
        pass(15 * MINUTE);
        expect(wait(gmail)).toBe(GO);
      }),
    );
  });
});

describe('lanes of several workers', () => {
  const known = (waitMs: number | null): KnownLane => ({
    lane: 'google',
    waitMs,
    strikes: 2,
    trouble: { kind: 'throttled', why: 'slow down' },
  });

  test('one worker’s throttling holds the lane of the others, and goes on from where it was', () => {
    const { lanes, send, wait, pass } = house();
    lanes.learn([known(45 * SECOND)]);
    expect(wait(gmail)).toBe(45 * SECOND);
    expect(wait(outlet)).toBe(GO);
    pass(45 * SECOND);
    send(gmail, throttled);
    expect(wait(gmail)).toBe(2 * MINUTE);
  });

  test('ops open a lane for all of them', () => {
    const { lanes, send, wait } = house();
    send(gmail, throttled);
    lanes.takeChanges();
    lanes.learn([known(null)]);
    expect(wait(gmail)).toBe(GO);
  });

  test('what happened here since is newer than what the table says', () => {
    const { lanes, send, wait } = house();
    send(gmail, throttled);
    lanes.learn([known(null)]);
    expect(wait(gmail)).toBe(30 * SECOND);
    expect(lanes.takeChanges()).toHaveLength(1);
  });

  test('a change that could not be told is told later, as it stands then', () => {
    const { lanes, send, pass } = house();
    send(gmail, throttled);
    const changes = lanes.takeChanges();
    lanes.untold(changes);
    pass(10 * SECOND);
    expect(lanes.takeChanges()).toEqual([{ ...changes[0], waitMs: 20 * SECOND }]);
  });

  test('says when a lane is open again', () => {
    const { lanes, send, pass } = house();
    send(gmail, throttled);
    lanes.takeChanges();
    pass(30 * SECOND);
    send(gmail, accepted);
    expect(lanes.takeChanges()).toEqual([{ lane: 'google', waitMs: 0, strikes: 1 }]);
  });
});

test.each([
  ['gmail.com', 'google'],
  ['googlemail.com', 'google'],
  ['yahoo.com.hk', 'yahoo'],
  ['yahoo.co.uk', 'yahoo'],
  ['aol.com', 'yahoo'],
  ['yahoo.co.jp', 'yahoo.co.jp'],
  ['outlook.com', 'microsoft'],
  ['hotmail.co.uk', 'microsoft'],
  ['live.cn', 'microsoft'],
  ['msn.com', 'microsoft'],
  ['live.tv', 'live.tv'],
  ['vip.qq.com', 'qq'],
  ['foxmail.com', 'qq'],
  ['126.com', 'netease'],
  ['me.com', 'apple'],
  ['sina.com.cn', 'sina'],
  ['outlet.example', 'outlet.example'],
  ['news.yahoo-outlet.com', 'news.yahoo-outlet.com'],
  ['constructor.com', 'constructor.com'],
])('%s is in the lane %s', (domain, family) => {
  expect(familyOf(domain)).toBe(family);
});
