import type { AuditLog } from '#libs/audit';
import { Problem, actorLabel, type Actor, type OrganisationId, type Secrets, type Tx } from '#libs/kernel';
import { addressKey } from './address-key.js';
import { canonicalAddress } from './address.js';
import type { Suppression, SuppressionFacts } from './suppression.js';

const MOST_NOTE = 1_000;

/**
 * Addresses that must not get mail. They are known by keyed pseudonym only, apart from journalists, so nothing that
 * happens to a journalist clears one. Other libs read `suppression (organisation_id, address_key)`: no row means free.
 */
export class Suppressions {
  constructor(
    private readonly secrets: Secrets,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Suppresses an address, whether or not a journalist has it. When it is suppressed already, the stronger reason stays
   * (erased, unsubscribed, complained, by_hand, bounced). Throws a Problem for what is no address.
   * @returns the pseudonym, and whether the address was free before
   */
  async suppress(
    tx: Tx,
    organisation: OrganisationId,
    address: string,
    facts: SuppressionFacts,
  ): Promise<{ readonly addressKey: Buffer; readonly wasFree: boolean }> {
    const key = this.keyOf(organisation, address);
    return { addressKey: key, wasFree: await this.suppressKey(tx, organisation, key, facts) };
  }

  /** For those who know the pseudonym only, as the ledger does. Returns whether the address was free before. */
  async suppressKey(tx: Tx, organisation: OrganisationId, key: Buffer, facts: SuppressionFacts): Promise<boolean> {
    const row = await tx.first<{ free: boolean }>(`select suppress_address($1, $2, $3, $4, $5) as free`, [
      organisation,
      key,
      facts.reason,
      (facts.note ?? '').slice(0, MOST_NOTE),
      facts.by,
    ]);
    return row?.free ?? false;
  }

  async isSuppressed(tx: Pick<Tx, 'first'>, organisation: OrganisationId, address: string): Promise<boolean> {
    return (await this.standing(tx, organisation, address)) !== undefined;
  }

  /** The suppression of an address, undefined when it is free. */
  async standing(
    tx: Pick<Tx, 'first'>,
    organisation: OrganisationId,
    address: string,
  ): Promise<Suppression | undefined> {
    return tx.first<Suppression>(`${SELECT} and s.address_key = $2`, [organisation, this.keyOf(organisation, address)]);
  }

  /**
   * Suppressions in order of pseudonym.
   * @param after pseudonym of the last one seen
   */
  async page(
    tx: Pick<Tx, 'rows'>,
    organisation: OrganisationId,
    { after, limit = 100 }: { readonly after?: Buffer; readonly limit?: number } = {},
  ): Promise<Suppression[]> {
    return tx.rows<Suppression>(`${SELECT} and s.address_key > $2 order by s.address_key limit $3`, [
      organisation,
      after ?? Buffer.alloc(0),
      limit,
    ]);
  }

  /**
   * Frees an address again: an officer's recorded act, with the old suppression kept in `suppression_lifted`.
   * Throws a Problem when the address is not suppressed or no reason is given.
   */
  async lift(tx: Tx, by: Actor, address: string, because: string): Promise<void> {
    if (because.trim() === '') throw noReason();
    const key = this.keyOf(by.organisation, address);
    const row = await tx.first<{ lifted: boolean }>(`select lift_suppression($1, $2, $3, $4) as lifted`, [
      by.organisation,
      key,
      because.trim().slice(0, MOST_NOTE),
      actorLabel(by),
    ]);
    if (!row?.lifted) throw notSuppressed();
    await this.audit.record(tx, by, {
      type: 'contacts.suppression-lifted',
      subject: `recipient:${key.toString('hex').slice(0, 16)}`,
      facts: {},
    });
  }

  private keyOf(organisation: OrganisationId, address: string): Buffer {
    return addressKey(this.secrets, organisation, canonicalAddress(address).canonical);
  }
}

// primary key of suppression; unique (organisation_id, address_key) of journalist finds whose it is
const SELECT = `
  select s.address_key as "addressKey", s.reason, s.note, s.suppressed_at as "suppressedAt",
         s.suppressed_by as "suppressedBy", j.address
    from suppression s
    left join journalist j on j.organisation_id = s.organisation_id and j.address_key = s.address_key
   where s.organisation_id = $1`;

function noReason(): Problem {
  return new Problem({
    code: 'contacts.suppression.no-reason',
    field: 'reason',
    message: 'Lifting a suppression needs a reason.',
    remedy: 'Say why this person may get mail again, for example "asked for it on 3 December".',
  });
}

function notSuppressed(): Problem {
  return new Problem({
    code: 'contacts.suppression.none',
    field: 'address',
    status: 404,
    message: 'This address is not suppressed.',
    remedy: 'Check the spelling; nothing was changed.',
  });
}
