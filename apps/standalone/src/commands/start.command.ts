import { systemClock, type Settings } from '#libs/kernel';
import { House } from '../house.js';
import { Product } from '../product.js';
import { say } from '../terminal.js';
import { inHouse, type AddCommands } from './context.js';

export const startCommands: AddCommands = (program, context) => {
  program
    .command('start')
    .description(
      'start everything: database, migrations, api, newsroom, workers and, without SMTP_URL, the local mailbox',
    )
    .option('--workers <n>', 'how many workers', '1')
    .action((options: { workers: string }) => start(context.settings, Number(options.workers)));

  program
    .command('migrate')
    .description('bring the database to the present schema; safe to run from several machines at once')
    .action(() => inHouse(context, async () => say.good('the schema is up to date')));

  program
    .command('settings')
    .description('print every setting as it is now; secrets show only whether they are set')
    .action(() => {
      const all = Object.entries(context.settings.redacted());
      say.table(['setting', 'value'], all);
    });
};

async function start(settings: Settings, workers: number): Promise<void> {
  const house = await House.open(settings);
  const product = await Product.start(house.settings, { workers, clock: systemClock });
  say.heading('Dateline is up');
  for (const [what, where] of product.addresses()) say.line(`  ${what.padEnd(10)} ${where}`);
  say.line('\nCtrl-C stops it; what is scheduled stays scheduled and leaves when it runs again.');
  await untilTold();
  say.line('\nStopping: messages on the wire finish, the rest waits…');
  await product.stop();
  await house.close();
}

function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
