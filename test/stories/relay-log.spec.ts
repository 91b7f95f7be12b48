import { hostname } from 'node:os';
import { join } from 'node:path';
import { appendFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openLog, systemClock } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { Worker } from '../../apps/worker/src/worker.js';
import { OracleStore, type AskedDelivery } from '#libs/delivery';
import { until, World } from '../support/world.js';

const JOURNALISTS = 4;

describe('a message whose answer was lost, beside a Postfix whose log can be read', () => {
  let world: World;
  let relayLog: string;
  const endings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
    await world.stop();
  });

  /** Sent to four, of which one lost its answer; the sink took it or not. */
  async function oneUnknown(accept: boolean): Promise<{ release: Release; id: string }> {
    world = await World.start({
      sink: { capture: 'raw', script: [{ phase: 'dot', times: 1, answer: { accept, then: 'rst' } }] },
    });
    relayLog = join(world.settings.text('DATELINE_DATA'), 'maillog');
    writeFileSync(relayLog, '');
    const settings = world.settings.with({ RELAY_LOG: relayLog });
    const worker = await Worker.start(settings, systemClock, openLog('worker', settings.text('LOG_LEVEL')));
    const ticking = setInterval(() => void worker.tick(), 200);
    endings.push(async () => {
      clearInterval(ticking);
      await worker.stop();
    });
    const release = await world.scheduled(await world.journalists(JOURNALISTS));
    await world.leavesIn(release, 500);
    await until('one unknown', async () => (await world.counts(release)).unknown === 1);
    const [row] = await world.db.rows<{ id: string }>(`select id from delivery where state = 'unknown'`);
    return { release, id: row?.id ?? '' };
  }

  /** What Postfix logs about one message, as it stands now. */
  function postfixSays(...lines: readonly string[]): void {
    const stamp = new Date().toISOString();
    appendFileSync(relayLog, lines.map((text) => `${stamp} ${hostname()} postfix/${text}\n`).join(''));
  }
  const opening = (id: string) => [
    'smtpd[1]: connect from localhost[127.0.0.1]',
    'smtpd[1]: 4F2A11C0032: client=localhost[127.0.0.1]',
    `cleanup[2]: 4F2A11C0032: message-id=<${id}@clear-harbour.example.org>`,
  ];
  const lastEvent = async (id: string) => {
    const [event] = await world.db.rows<{ body: string }>(
      `select body from delivery_event where delivery_id = $1 order by id desc limit 1`,
      [id],
    );
    return JSON.parse(event?.body ?? '{}') as Record<string, unknown>;
  };
  const audited = async (id: string) => {
    const [line] = await world.db.rows<{ body: string }>(`select body from audit_line where subject = $1`, [
      `delivery:${id}`,
    ]);
    return JSON.parse(line?.body ?? '{}') as Record<string, unknown>;
  };

  test('is accepted under the relay’s queue id when its queue manager has it, and never sent again', async () => {
    const { release, id } = await oneUnknown(true);
    postfixSays(...opening(id));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await world.counts(release)).unknown).toBe(1);
    postfixSays('qmgr[3]: 4F2A11C0032: from=<x@y.example>, size=60242, nrcpt=1 (queue active)');
    await until('all accepted', async () => (await world.counts(release)).accepted === JOURNALISTS);
    expect(await lastEvent(id)).toMatchObject({
      state: 'accepted',
      reason: 'accepted_by_relay_log',
      reply: '4F2A11C0032',
    });
    expect(await audited(id)).toMatchObject({
      actor: 'process:oracle',
      type: 'delivery.settled',
      facts: { as: 'accepted', from: 'unknown', queueId: '4F2A11C0032' },
    });
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(world.sink.messages).toHaveLength(JOURNALISTS);
    expect((await world.verify()).faults).toEqual([]);
  });

  test('goes once more, also when it was held and all was finished, when its session was lost before its dot', async () => {
    const { release, id } = await oneUnknown(false);
    await world.owner.rows(`update delivery_unknown set since = since - interval '1 hour'`);
    await until('a held message', async () => (await world.counts(release)).held === 1);
    await until('a released release', async () => (await world.state(release.id)) === 'released');
    expect(world.sink.messages).toHaveLength(JOURNALISTS - 1);
    postfixSays(
      ...opening(id),
      'smtpd[1]: lost connection after DATA (60025 bytes) from localhost[127.0.0.1]',
      'smtpd[1]: disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4',
    );
    await until('all accepted', async () => (await world.counts(release)).accepted === JOURNALISTS);
    expect(await audited(id)).toMatchObject({ facts: { as: 'resend', from: 'held', reason: 'not_in_relay_log' } });
    expect(new Set(world.sink.messages.map((message) => message.to)).size).toBe(JOURNALISTS);
    expect(world.sink.messages).toHaveLength(JOURNALISTS);
    await until('a sealed ledger', async () => {
      const { events, sealed } = await world.verify();
      return events === sealed;
    });
    expect((await world.verify()).faults).toEqual([]);
  });

  test('stays for an officer when it may no longer leave, whatever the log says', async () => {
    const { release, id } = await oneUnknown(false);
    const { ada } = world.cast;
    const [row] = await world.db.rows<{ address: string }>(
      `select canonical_address as address from delivery where id = $1`,
      [id],
    );
    await world.db.transaction((tx) => world.desk.suppress(tx, ada, row?.address ?? '', { reason: 'unsubscribed' }));
    const store = new OracleStore(world.audit);
    const [asked] = await store.asked(world.db);
    if (!asked) throw new Error('nothing is asked');
    const settled = (row: AskedDelivery) =>
      world.db.transaction((tx) => store.settle(tx, row, { word: 'not_accepted', queueId: 'x', at: 0 }));
    expect(await settled(asked)).toBe(false);
    // nor when the log told of an earlier dot than the last
    expect(await settled({ ...asked, dot: '0' })).toBe(false);
    expect((await world.counts(release)).unknown).toBe(1);
    expect(world.sink.messages).toHaveLength(JOURNALISTS - 1);
  });
});
