import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OfficerForm, Organisation, OrganisationForm } from '#libs/accounts';
import { readTable, settleMapping, type ImportReport } from '#libs/contacts';
import type { Actor, MediaListId, Role, Tx } from '#libs/kernel';
import type { House } from './house.js';

/** The invented organisation, release, pictures and journalists; beside the sources, also when run from dist/. */
export const DEMO_FOLDER = join(dirnameOfSources(), 'demo');

export interface DemoCast {
  readonly organisation: Organisation;
  readonly author: Actor;
  readonly approver: Actor;
  readonly releaser: Actor;
  readonly releaserAddress: string;
  readonly list: string;
}

interface CastFile {
  readonly organisation: OrganisationForm;
  readonly officers: readonly OfficerForm[];
  readonly list: string;
}

/** The organisation and its officers, made on the first run and found on later ones. */
export async function demoCast(house: House, tx: Tx): Promise<DemoCast> {
  const cast = JSON.parse(readFileSync(join(DEMO_FOLDER, 'cast.json'), 'utf8')) as CastFile;
  let organisation = await house.accounts.organisationBySlug(tx, cast.organisation.slug);
  if (!organisation) {
    organisation = await house.accounts.createOrganisation(tx, cast.organisation);
    for (const officer of cast.officers) await house.accounts.addOfficer(tx, organisation.id, officer);
  }
  const { id } = organisation;
  const addressOf = (role: Role) => {
    const officer = cast.officers.find((one) => one.roles?.includes(role));
    if (!officer) throw new Error(`the demo has no ${role}`);
    return officer.address;
  };
  const withRole = (role: Role) => house.accounts.actor(tx, id, addressOf(role));
  return {
    organisation,
    author: await withRole('author'),
    approver: await withRole('approver'),
    releaser: await withRole('releaser'),
    releaserAddress: addressOf('releaser'),
    list: cast.list,
  };
}

/** Suppresses those who had said no, then imports the Big5 file onto the list. A second run finds everybody unchanged. */
export async function demoJournalists(house: House, tx: Tx, cast: DemoCast): Promise<ImportReport> {
  const gone = readFileSync(join(DEMO_FOLDER, 'suppressed.txt'), 'utf8').trim().split(/\r?\n/);
  for (const address of gone) {
    await house.contacts.suppressions.suppress(tx, cast.organisation.id, address, {
      reason: 'unsubscribed',
      by: 'demo',
    });
  }
  const fileName = 'journalists.big5.csv';
  const bytes = readFileSync(join(DEMO_FOLDER, fileName));
  const table = await readTable(bytes, { fileName });
  return house.contacts.imports.run(tx, cast.author, {
    bytes,
    table,
    mapping: settleMapping(table.columns),
    defaults: { zone: cast.organisation.zone, consentSource: 'press list' },
    lists: [cast.list],
  });
}

/** The list to send to: everybody on the demo list, or only those who read a language that the release is written in. */
export async function demoList(house: House, tx: Tx, cast: DemoCast): Promise<MediaListId> {
  const found = await house.contacts.lists.findByName(tx, cast.organisation.id, cast.list);
  if (!found) throw new Error('the demo list was not made by the import');
  return found.id;
}

function dirnameOfSources(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  return here
    .replace(/dist\/apps\/standalone\/src\/?$/, 'apps/standalone/')
    .replace(/apps\/standalone\/src\/?$/, 'apps/standalone/');
}
