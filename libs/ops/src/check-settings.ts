import { readLaneRules, Sealing } from '#libs/delivery';
import { Problem, Secrets, type Settings } from '#libs/kernel';
import { fail, ok, warn, type Finding } from './finding.js';

/** Shorter than this, what fails while preparing fails when nobody has the time to mend it. */
const SHORT_LEAD_S = 60;

/** Settings that fit their kind and still cannot be meant. Their kinds were checked when they were read. */
export function checkSettings(settings: Settings): Finding[] {
  return [
    masterKey(settings),
    ...given(settings, 'MESSAGE_KEY', () => Sealing.from(settings)),
    ...given(settings, 'LANE_RULES', () => readLaneRules(settings.text('LANE_RULES'))),
    ...numbers(settings),
  ];
}

function masterKey(settings: Settings): Finding {
  if (!settings.isSet('DATELINE_KEY'))
    return ok('settings.key', 'DATELINE_KEY is not set: the key in the data folder is used.');
  try {
    Secrets.from(settings);
    return ok('settings.key', 'DATELINE_KEY is set and long enough.');
  } catch (error) {
    if (error instanceof Problem) return fail('settings.key', error.message, error.remedy);
    throw error;
  }
}

/** Settings of the worker that may stand unset, and that it would refuse to start with. */
function given(settings: Settings, name: 'MESSAGE_KEY' | 'LANE_RULES', read: () => unknown): Finding[] {
  if (!settings.isSet(name)) return [];
  const code = name === 'MESSAGE_KEY' ? 'settings.message-key' : 'settings.lanes';
  try {
    read();
    return [ok(code, `${name} is set and makes sense.`)];
  } catch (error) {
    if (error instanceof Problem) return [fail(code, error.message, error.remedy)];
    throw error;
  }
}

function numbers(settings: Settings): Finding[] {
  const connections = settings.number('SMTP_CONNECTIONS');
  const lead = settings.number('PREPARE_LEAD_SECONDS');
  const findings: Finding[] = [];
  if (connections < 1)
    findings.push(fail('settings.connections', 'SMTP_CONNECTIONS is 0: nothing can be sent.', 'Set it to 10 or so.'));
  if (lead < SHORT_LEAD_S)
    findings.push(
      warn(
        'settings.lead',
        `PREPARE_LEAD_SECONDS is ${lead}: what fails while preparing fails too late to be mended.`,
        'Set it to 900, a quarter of an hour.',
      ),
    );
  return findings.length > 0
    ? findings
    : [ok('settings.numbers', `Prepared ${lead} s before T, sent over ${connections} connections per worker.`)];
}
