import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import type { OrganisationForm } from '#libs/accounts';
import { Problem, type Role } from '#libs/kernel';
import { say } from '../terminal.js';
import { AS, asOfficer, inHouse, type AddCommands, type CommandContext } from './context.js';

const EXAMPLE = `
The postal address stands below every mail, in both languages. Markets: HK, TW, CN, INT.
  {
    "slug": "harbour",
    "names": { "zh-Hant": "海港聲音檔案館", "en": "Harbour Sound Archive" },
    "deskNames": { "en": "Harbour press desk" },
    "deskAddress": "press@harbour.example.org",
    "postalAddress": { "zh": "香港西營盤潮聲里 8 號", "en": "8 Tidesong Lane, Hong Kong" },
    "zone": "Asia/Hong_Kong",
    "market": "HK",
    "website": "https://www.harbour.example.org"
  }`;

export const organisationCommands: AddCommands = (program, context) => {
  addOrganisations(program, context);
  addOfficers(program, context);
};

function addOrganisations(program: Command, context: CommandContext): void {
  program
    .command('organisations')
    .description('list the organisations')
    .action(() =>
      inHouse(context, async (house) => {
        const all = await house.accounts.organisations(house.db);
        say.table(
          ['short name', 'name', 'press desk', 'zone'],
          all.map((one) => [
            one.slug,
            one.names['zh-Hant'] ?? one.names['zh-Hans'] ?? one.names.en ?? '',
            one.deskAddress,
            one.zone,
          ]),
        );
      }),
    );

  program
    .command('organisation-add <file>')
    .description(
      'make an organisation from a JSON file: slug, names, deskNames, deskAddress, postalAddress {zh, en}, zone, market, website',
    )
    .summary('make an organisation from a JSON file')
    .addHelpText('after', EXAMPLE)
    .action((file: string) =>
      inHouse(context, async (house) => {
        const made = await house.db.transaction((tx) =>
          house.accounts.createOrganisation(tx, readJson(file) as OrganisationForm),
        );
        say.good(`organisation ${made.slug}`);
      }),
    );
}

function addOfficers(program: Command, context: CommandContext): void {
  program
    .command('officer-add <organisation> <address> <name> <roles...>')
    .description('add an officer; roles: author, approver, releaser, ops, admin')
    .action((slug: string, address: string, name: string, roles: Role[]) =>
      inHouse(context, async (house) => {
        const organisation = await house.accounts.organisationBySlug(house.db, slug);
        if (!organisation) {
          throw new Problem({
            code: 'accounts.organisation.unknown',
            field: 'organisation',
            message: `There is no organisation "${slug}".`,
            remedy: 'List them with "dateline organisations".',
          });
        }
        await house.db.transaction((tx) => house.accounts.addOfficer(tx, organisation.id, { name, address, roles }));
        say.good(`${name} <${address}> is ${roles.join(', ')} of ${slug}`);
      }),
    );

  program
    .command('officers')
    .description('list the officers of an organisation')
    .option(...AS)
    .action((options: { as?: string }) =>
      asOfficer(context, options.as, async (house, by) => {
        const all = await house.accounts.officers(house.db, by.organisation);
        say.table(
          ['address', 'name', 'roles'],
          all.map((one) => [one.address, one.name, one.roles.join(', ')]),
        );
      }),
    );
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Problem({
      code: 'cli.file',
      field: file,
      message: `${file} cannot be read as JSON.`,
      remedy: 'Check the path and its commas.',
      cause,
    });
  }
}
