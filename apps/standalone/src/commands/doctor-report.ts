import type { Examination, Finding, Upcoming, Verdict } from '#libs/ops';
import { SETTINGS, type SettingName } from '#libs/kernel';
import { paint, say } from '../terminal.js';
import { countdown } from './countdown.js';

const COUNTS: Readonly<Record<Verdict, 'good' | 'note' | 'bad'>> = { ok: 'good', warn: 'note', fail: 'bad' };

/** What leaves next, at the top; then every check by group; last the sum, which is what is left on the screen. */
export function printExamination(examination: Examination): void {
  say.heading('Next 24 hours');
  printUpcoming(examination.upcoming);
  for (const { name, findings } of examination.groups) {
    say.heading(name);
    findings.forEach(printFinding);
    if (name === 'Settings') printSettings(examination.settings);
  }
  const all = [...(examination.upcoming ?? []), ...examination.groups].flatMap((one) => [...one.findings]);
  const count = (verdict: Verdict) => all.filter((one) => one.verdict === verdict).length;
  say.line();
  say[COUNTS[examination.verdict]](
    `${sum(examination)} (${count('ok')} well, ${count('warn')} to look at, ${count('fail')} failed)`,
  );
}

function sum({ verdict, upcoming }: Examination): string {
  if (verdict === 'fail') return 'Something would keep mail from leaving at T: mend what is marked ✗, from the top.';
  const next = upcoming?.find((one) => one.verdict === 'ok');
  return next ? `${next.number} can leave at its T.` : 'Everything that a release needs stands.';
}

/** The same, without what is well. */
export function printStatus({ upcoming, groups }: Pick<Examination, 'upcoming' | 'groups'>): void {
  printUpcoming(upcoming);
  const found = groups.flatMap(({ findings }) => findings);
  found.filter((one) => one.verdict !== 'ok').forEach(printFinding);
  if (groups.length > 1 && found.every((one) => one.verdict === 'ok'))
    say.good('Workers run, no alarm, no stop button, nothing stuck.');
}

function printUpcoming(upcoming: readonly Upcoming[] | null): void {
  if (upcoming === null) return say.bad('What leaves next is not known: the database could not be asked.');
  if (upcoming.length === 0) return say.line('No release has its T in the next 24 hours.');
  for (const one of upcoming) {
    say[COUNTS[one.verdict]](`${paint('bold', `${one.number}  ${timeTo(one.msToT)}`)}  ${one.clocks.join(' = ')}`);
    say.line(`    ${facts(one).join(' · ')}`);
    for (const { verdict, says, remedy } of one.findings) {
      if (verdict !== 'ok')
        say.line(`    ${paint(verdict === 'fail' ? 'red' : 'yellow', says)}\n    → ${remedy ?? ''}`);
    }
  }
}

function facts(one: Upcoming): string[] {
  return [
    one.organisation,
    one.state,
    progress(one),
    one.approvalBinds ? 'approval binds' : '',
    one.audience === null ? 'no audience yet' : `audience ${one.audience}`,
    one.drainSeconds === null ? '' : `about ${one.drainSeconds} s to send, by the last distribution`,
  ].filter((fact) => fact !== '');
}

function progress({ state, planned, prepared, accepted }: Upcoming): string {
  if (planned === null) return '';
  return state === 'releasing' ? `${accepted} of ${planned} accepted` : `${prepared} of ${planned} prepared`;
}

function timeTo(msToT: number): string {
  return msToT > 0 ? `T − ${countdown(msToT)}` : `T + ${countdown(-msToT)}`;
}

function printFinding({ verdict, says, remedy }: Finding): void {
  say[COUNTS[verdict]](says);
  if (verdict !== 'ok' && remedy) say.line(`    → ${remedy}`);
}

/** Those that are not as they come; "dateline settings" prints all. */
function printSettings(settings: Readonly<Record<string, string>>): void {
  const own = Object.entries(settings).filter(([name, value]) => {
    const spec = SETTINGS[name as SettingName];
    return spec.secret ? value !== '(not set)' : value !== spec.default;
  });
  for (const [name, value] of own) say.line(`  ${paint('dim', `${name}=${value}`)}`);
}
