import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Settings, systemClock } from '#libs/kernel';
import { checkRelayLog } from './check-relay-log.js';

describe('the doctor on the log of the relay', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'dateline-relay-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const LINE = 'Nov 23 20:00:01 relay postfix/qmgr[1]: 4F2A11C0032: removed';
  const check = (text: string | undefined, relay = 'smtp://127.0.0.1:25') => {
    const file = join(folder, 'maillog');
    if (text !== undefined) writeFileSync(file, text);
    return checkRelayLog(Settings.from({ RELAY_LOG: file, SMTP_URL: relay }), systemClock);
  };

  test('says nothing where none is set', async () => {
    expect(await checkRelayLog(Settings.from({}), systemClock)).toEqual([]);
  });

  test.each([
    ['readable and a mail log', `${LINE}\n`, undefined, 'ok', /settled by/],
    ['empty, as after a rotation', '', undefined, 'ok', /settled by/],
    ['missing', undefined, undefined, 'fail', /cannot be read \(ENOENT\)/],
    ['another file', 'a=1\nb=2\n', undefined, 'fail', /not in the form of a mail log/],
    ['of a relay elsewhere', `${LINE}\n`, 'smtp://relay.example.org:587', 'warn', /not on this machine/],
  ] as const)('looks whether it is %s', async (_, text, relay, verdict, says) => {
    expect(await check(text, relay)).toMatchObject([
      { check: 'relay.log', verdict, says: expect.stringMatching(says) },
    ]);
  });
});
