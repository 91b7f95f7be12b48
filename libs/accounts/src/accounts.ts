import {
  LANGUAGES,
  Problem,
  ROLES,
  newId,
  type Actor,
  type OfficerId,
  type OrganisationId,
  type Role,
  type Tx,
} from '#libs/kernel';
import { z } from 'zod';

const line = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, 'must be one line without control characters');
const mailbox = z.email().max(254);
const localText = z.partialRecord(z.enum(LANGUAGES), line);

/** What an organisation must say of itself before it may send: names, press desk, and a street address in Chinese and English (UEMO, Cap. 593 s8). */
export const OrganisationForm = z.strictObject({
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{1,40}$/, 'lower-case letters, digits and hyphens'),
  names: localText.refine((names) => Object.keys(names).length > 0, 'a name in at least one language'),
  deskNames: localText.default({}),
  deskAddress: mailbox,
  postalAddress: z.strictObject({ zh: line, en: line }),
  zone: line.refine(isZone, 'an IANA zone such as Asia/Hong_Kong'),
  market: z.enum(['HK', 'TW', 'CN', 'INT']).default('INT'),
  website: z.url({ protocol: /^https?$/ }).optional(),
});
export type OrganisationForm = z.input<typeof OrganisationForm>;
export type Organisation = z.output<typeof OrganisationForm> & { readonly id: OrganisationId };

export const OfficerForm = z.strictObject({
  name: line,
  address: mailbox.transform((address) => address.toLowerCase()),
  roles: z.array(z.enum(ROLES)).min(1),
});
export type OfficerForm = z.input<typeof OfficerForm>;

/** Organisations and the officers who act for them. */
export class Accounts {
  /** Throws a Problem that names the field when the form does not fit or the slug is taken. */
  async createOrganisation(tx: Tx, form: OrganisationForm): Promise<Organisation> {
    const fields = parse(OrganisationForm, form);
    const id = newId<OrganisationId>();
    const made = await tx.run(
      `insert into organisation (id, slug, names, desk_names, desk_address, postal_address, zone, market, website)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (slug) do nothing`,
      [
        id,
        fields.slug,
        JSON.stringify(fields.names),
        JSON.stringify(fields.deskNames),
        fields.deskAddress,
        JSON.stringify(fields.postalAddress),
        fields.zone,
        fields.market,
        fields.website ?? null,
      ],
    );
    if (made === 0) {
      throw new Problem({
        code: 'accounts.organisation.taken',
        field: 'slug',
        status: 409,
        message: `An organisation with the short name "${fields.slug}" exists already.`,
        remedy: 'Use it, or choose another short name.',
      });
    }
    return { ...fields, id };
  }

  async organisation(tx: Pick<Tx, 'first'>, id: OrganisationId): Promise<Organisation> {
    const row = await tx.first<Organisation>(`${SELECT_ORGANISATION} where id = $1`, [id]);
    if (!row) throw notFound('organisation', id);
    return row;
  }

  async organisationBySlug(tx: Pick<Tx, 'first'>, slug: string): Promise<Organisation | undefined> {
    return tx.first<Organisation>(`${SELECT_ORGANISATION} where slug = $1`, [slug]);
  }

  async organisations(tx: Pick<Tx, 'rows'>): Promise<Organisation[]> {
    return tx.rows<Organisation>(`${SELECT_ORGANISATION} order by slug`);
  }

  async addOfficer(tx: Tx, organisation: OrganisationId, form: OfficerForm): Promise<Actor> {
    const fields = parse(OfficerForm, form);
    const id = newId<OfficerId>();
    const made = await tx.run(
      `insert into officer (organisation_id, id, name, address, roles) values ($1, $2, $3, $4, $5)
       on conflict (organisation_id, address) do nothing`,
      [organisation, id, fields.name, fields.address, fields.roles],
    );
    if (made === 0) {
      throw new Problem({
        code: 'accounts.officer.taken',
        field: 'address',
        status: 409,
        message: 'An officer with this address exists already in this organisation.',
        remedy: 'Use that officer, or give another address.',
      });
    }
    return { kind: 'officer', organisation, officer: id, name: fields.name, roles: fields.roles };
  }

  /** The officer with this address, as one who acts. Throws a Problem when there is none in this organisation. */
  async actor(tx: Pick<Tx, 'first'>, organisation: OrganisationId, address: string): Promise<Actor> {
    const row = await tx.first<{ id: OfficerId; name: string; roles: Role[] }>(
      `select id, name, roles from officer where organisation_id = $1 and address = $2`,
      [organisation, address.trim().toLowerCase()],
    );
    if (!row) throw notFound('officer', address);
    return { kind: 'officer', organisation, officer: row.id, name: row.name, roles: row.roles };
  }

  async officers(
    tx: Pick<Tx, 'rows'>,
    organisation: OrganisationId,
  ): Promise<{ id: OfficerId; name: string; address: string; roles: Role[] }[]> {
    return tx.rows(`select id, name, address, roles from officer where organisation_id = $1 order by address`, [
      organisation,
    ]);
  }
}

/** Throws a Problem unless the actor is an officer with this role. Processes of ours hold no role. */
export function requireRole(
  actor: Actor,
  role: Role,
  act: string,
): asserts actor is Extract<Actor, { kind: 'officer' }> {
  if (actor.kind === 'officer' && actor.roles.includes(role)) return;
  throw new Problem({
    code: 'accounts.role.missing',
    status: 403,
    field: 'officer',
    message: `${act} needs the role "${role}", which ${actor.kind === 'officer' ? actor.name : 'this process'} does not have.`,
    remedy: `Ask an officer with the role "${role}", or an admin to grant it.`,
  });
}

const SELECT_ORGANISATION = `
  select id, slug, names, desk_names as "deskNames", desk_address as "deskAddress", postal_address as "postalAddress",
         zone, market, website
    from organisation`;

function parse<S extends z.ZodType>(schema: S, form: unknown): z.output<S> {
  const result = schema.safeParse(form);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Problem({
    code: 'accounts.form',
    field: issue?.path.join('.') || 'form',
    message: `The field "${issue?.path.join('.') || 'form'}" does not fit: ${issue?.message ?? 'unknown reason'}.`,
    remedy: 'Correct the field and try again; nothing was saved.',
  });
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function notFound(what: string, which: string): Problem {
  return new Problem({
    code: `accounts.${what}.unknown`,
    status: 404,
    field: what,
    message: `There is no ${what} "${which}" here.`,
    remedy: `Look the ${what} up with "dateline ${what}s" and give it as listed there.`,
  });
}
