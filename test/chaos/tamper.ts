import type { ChainHead } from '#libs/audit';
import { LedgerVerify } from '#libs/delivery';
import { Database, type OrganisationId, type Secrets, type Tx } from '#libs/kernel';
import type { Chance } from './chance.js';
import { TAMPERINGS, type Tampering } from './tampering.js';

export interface TamperReport {
  readonly done: number;
  /** What was changed and not found. */
  readonly missed: readonly string[];
  /** Faults told of a ledger that nobody had touched. */
  readonly falseAlarms: readonly string[];
}

export interface Ledger {
  /** The schema's owner, who may do everything. */
  readonly owner: Database;
  readonly organisation: OrganisationId;
  readonly secrets: Secrets;
}

const UNTOUCHED_EVERY = 50;

/**
 * Falsifies a sealed ledger so many times, each time in a transaction that is rolled back after the check, and asks the
 * product's own check whether it saw that. Between them the ledger as it is must raise no alarm.
 */
export async function tamper(ledger: Ledger, chance: Chance, times: number): Promise<TamperReport> {
  const head = parse((await verify(ledger)).head);
  const missed: string[] = [];
  const falseAlarms: string[] = [];
  for (let done = 0; done < times; done++) {
    if (done % UNTOUCHED_EVERY === 0)
      falseAlarms.push(...(await verify(ledger, head)).faults.map((fault) => `${fault.where}: ${fault.what}`));
    const falsified = await falsify(ledger, chance, head, TAMPERINGS[done % TAMPERINGS.length]);
    if (!falsified.found) missed.push(`no. ${done}, ${falsified.says}`);
  }
  return { done: times, missed, falseAlarms };
}

function verify({ owner, organisation, secrets }: Ledger, head?: ChainHead) {
  return new LedgerVerify(owner, secrets).run(organisation, head ? [head] : []);
}

/** Draws again until something really changed: two rows that exchange equal values are no forgery. */
async function falsify(ledger: Ledger, chance: Chance, head: ChainHead, first: Tampering = chance.one(TAMPERINGS)) {
  const { owner, organisation, secrets } = ledger;
  for (let tampering = first, tries = 1; ; tampering = tries++ % 10 === 0 ? chance.one(TAMPERINGS) : tampering) {
    const found = await rolledBack(owner, async (tx) => {
      // no trigger and no foreign key stands in the way of somebody who owns the database
      await tx.rows(`set local session_replication_role = replica`);
      if ((await tampering.act(tx, organisation, chance)) === 0) return undefined;
      const report = await new LedgerVerify(owner, secrets).within(tx, organisation, [head]);
      return report.faults.length > 0;
    });
    if (found !== undefined) return { says: tampering.says, found };
    if (tries > 1_000) throw new Error(`nothing to falsify here: ${tampering.says}`);
  }
}

class Undo extends Error {}

async function rolledBack<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result: { value?: T } = {};
  await db
    .transaction(async (tx) => {
      result.value = await work(tx);
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return result.value as T;
}

function parse(head: string): ChainHead {
  const [seq = '0', hash = ''] = head.split(':');
  return { seq: Number(seq), hash: Buffer.from(hash, 'hex') };
}
