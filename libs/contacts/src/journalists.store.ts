import type { AuditLog } from '#libs/audit';
import {
  Problem,
  newId,
  type Actor,
  type JournalistId,
  type OrganisationId,
  type Secrets,
  type Tx,
} from '#libs/kernel';
import { addressKey } from './address-key.js';
import { canonicalAddress } from './address.js';
import { checkJournalist, type CheckedJournalist, type Journalist, type JournalistForm } from './journalist.js';
import { SELECT_JOURNALIST } from './journalists.views.js';
import { labelIds } from './label.store.js';
import type { Label } from './label.js';
import type { Suppressions } from './suppressions.store.js';

/** The people on our lists, one at a time. Sets of them come by `Imports`. */
export class Journalists {
  constructor(
    private readonly secrets: Secrets,
    private readonly suppressions: Suppressions,
    private readonly audit: AuditLog,
  ) {}

  /** Adds one. Throws a Problem that names the field, or says that the address is on the lists already. */
  async add(tx: Tx, by: Actor, form: JournalistForm): Promise<JournalistId> {
    const journalist = checkJournalist(form);
    const id = newId<JournalistId>();
    const added = await tx.run(
      `insert into journalist (organisation_id, id, canonical_address, address, address_key, name, language, zone,
                               consent_source, consent_date, note)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict (organisation_id, canonical_address) do nothing`,
      [by.organisation, id, ...this.columns(by.organisation, journalist)],
    );
    if (added === 0) throw taken();
    await this.link(tx, by.organisation, id, journalist);
    await this.record(tx, by, id, 'added', {});
    return id;
  }

  /**
   * Changes the given fields only; `outlets` and `beats` replace what was there.
   * Throws a Problem when the journalist is gone, a field does not fit, the new address belongs to somebody else, or the
   * old one is suppressed: a new spelling must not bring mail to someone who asked for none.
   */
  async edit(tx: Tx, by: Actor, id: JournalistId, changes: Partial<JournalistForm>): Promise<void> {
    await tx.run(`select from journalist where organisation_id = $1 and id = $2 for update`, [by.organisation, id]);
    const old = await this.get(tx, by.organisation, id);
    const journalist = checkJournalist({ ...old, ...changes });
    if (journalist.canonicalAddress !== old.canonicalAddress) {
      if (old.suppressed) throw stillSuppressed();
      if (await this.findByAddress(tx, by.organisation, journalist.canonicalAddress)) throw taken();
    }
    await tx.run(
      `update journalist
          set canonical_address = $3, address = $4, address_key = $5, name = $6, language = $7, zone = $8,
              consent_source = $9, consent_date = $10, note = $11, updated_at = clock_timestamp()
        where organisation_id = $1 and id = $2`,
      [by.organisation, id, ...this.columns(by.organisation, journalist)],
    );
    await this.link(tx, by.organisation, id, journalist);
    await this.record(tx, by, id, 'edited', { fields: Object.keys(changes).sort() });
  }

  async find(tx: Pick<Tx, 'first'>, organisation: OrganisationId, id: JournalistId): Promise<Journalist | undefined> {
    return tx.first<Journalist>(`${SELECT_JOURNALIST} where j.organisation_id = $1 and j.id = $2`, [organisation, id]);
  }

  /** By any spelling of the address. Throws a Problem for what is no address. */
  async findByAddress(
    tx: Pick<Tx, 'first'>,
    organisation: OrganisationId,
    address: string,
  ): Promise<Journalist | undefined> {
    return tx.first<Journalist>(`${SELECT_JOURNALIST} where j.organisation_id = $1 and j.canonical_address = $2`, [
      organisation,
      canonicalAddress(address).canonical,
    ]);
  }

  /** Throws a Problem when there is no such journalist in this organisation. */
  async get(tx: Pick<Tx, 'first'>, organisation: OrganisationId, id: JournalistId): Promise<Journalist> {
    const journalist = await this.find(tx, organisation, id);
    if (!journalist) throw unknown();
    return journalist;
  }

  /** Takes a journalist off our lists. A suppression of the address stays. */
  async remove(tx: Tx, by: Actor, id: JournalistId): Promise<void> {
    await this.delete(tx, by, id);
    await this.record(tx, by, id, 'removed', {});
  }

  /**
   * The right to be forgotten: removes the person with every trace in imports, and suppresses the pseudonym of the
   * address, so that no later import brings the person back into the post. Returns the pseudonym.
   */
  async erase(tx: Tx, by: Actor, id: JournalistId): Promise<Buffer> {
    const { canonicalAddress: address } = await this.get(tx, by.organisation, id);
    const { addressKey: key } = await this.suppressions.suppress(tx, by.organisation, address, {
      reason: 'erased',
      by: whoOf(by),
    });
    await this.delete(tx, by, id);
    await this.record(tx, by, id, 'erased', {});
    return key;
  }

  /**
   * Makes one of two records of the same person: `kept` gets the outlets, beats and lists of `gone`, which is removed.
   * When the address of `gone` is suppressed, so is the other from now on: the person said no.
   */
  async merge(tx: Tx, by: Actor, kept: JournalistId, gone: JournalistId): Promise<void> {
    const one = await this.get(tx, by.organisation, kept);
    const other = await this.get(tx, by.organisation, gone);
    if (kept === gone) throw unknown();
    for (const [table, column] of LINKS) {
      await tx.run(
        `insert into ${table} (organisation_id, journalist_id, ${column})
         select organisation_id, $2, ${column} from ${table} where organisation_id = $1 and journalist_id = $3
         on conflict do nothing`,
        [by.organisation, kept, gone],
      );
    }
    if (other.suppressed) {
      await this.suppressions.suppress(tx, by.organisation, one.canonicalAddress, {
        reason: other.suppressed,
        note: 'the other address of the same person',
        by: whoOf(by),
      });
    }
    await this.delete(tx, by, gone);
    await this.record(tx, by, kept, 'merged', { gone });
  }

  private async delete(tx: Tx, by: Actor, id: JournalistId): Promise<void> {
    const deleted = await tx.run(`delete from journalist where organisation_id = $1 and id = $2`, [
      by.organisation,
      id,
    ]);
    if (deleted === 0) throw unknown();
  }

  private columns(organisation: OrganisationId, journalist: CheckedJournalist): readonly unknown[] {
    return [
      journalist.canonicalAddress,
      journalist.address,
      addressKey(this.secrets, organisation, journalist.canonicalAddress),
      journalist.name,
      journalist.language,
      journalist.zone,
      journalist.consentSource,
      journalist.consentDate,
      journalist.note,
    ];
  }

  private async link(
    tx: Tx,
    organisation: OrganisationId,
    id: JournalistId,
    journalist: CheckedJournalist,
  ): Promise<void> {
    await this.replace(tx, organisation, id, 'outlet', journalist.outlets);
    await this.replace(tx, organisation, id, 'beat', journalist.beats);
  }

  private async replace(
    tx: Tx,
    organisation: OrganisationId,
    id: JournalistId,
    thing: 'outlet' | 'beat',
    labels: readonly Label[],
  ): Promise<void> {
    const ids = [...(await labelIds(tx, organisation, thing, labels)).values()];
    await tx.run(
      `delete from journalist_${thing} where organisation_id = $1 and journalist_id = $2 and ${thing}_id <> all($3::uuid[])`,
      [organisation, id, ids],
    );
    await tx.run(
      `insert into journalist_${thing} (organisation_id, journalist_id, ${thing}_id)
       select $1, $2, unnest($3::uuid[]) on conflict do nothing`,
      [organisation, id, ids],
    );
  }

  private async record(
    tx: Tx,
    by: Actor,
    id: JournalistId,
    what: string,
    facts: Record<string, unknown>,
  ): Promise<void> {
    await this.audit.record(tx, by, { type: `journalist.${what}`, subject: `journalist:${id}`, facts });
  }
}

function whoOf(by: Actor): string {
  return by.kind === 'officer' ? by.officer : by.name;
}

const LINKS = [
  ['journalist_outlet', 'outlet_id'],
  ['journalist_beat', 'beat_id'],
  ['media_list_member', 'list_id'],
] as const;

function taken(): Problem {
  return new Problem({
    code: 'contacts.journalist.taken',
    field: 'address',
    status: 409,
    message: 'A journalist with this address is on the lists already.',
    remedy: 'Edit that one instead.',
  });
}

function unknown(): Problem {
  return new Problem({
    code: 'contacts.journalist.unknown',
    field: 'journalist',
    status: 404,
    message: 'There is no such journalist here.',
    remedy: 'Look the journalist up again; someone may have removed the record.',
  });
}

function stillSuppressed(): Problem {
  return new Problem({
    code: 'contacts.journalist.suppressed',
    field: 'address',
    status: 409,
    message: 'This person is suppressed, so the address cannot be changed to another one.',
    remedy: 'If the person wants mail again, lift the suppression first and say why.',
  });
}
