import { systemClock } from '#libs/kernel';
import { runDemo, type DemoOptions } from '../demo.js';
import { House } from '../house.js';
import type { AddCommands } from './context.js';

interface Options {
  readonly release?: string[];
  readonly pictures?: string;
  readonly seconds: string;
  readonly workers: string;
}

export const demoCommands: AddCommands = (program, context) => {
  program
    .command('demo')
    .description(
      'the whole way in a minute: import, approve, schedule, send to the local mailbox, prove; exit code 0 only if every promise held',
    )
    .option(
      '--release <files...>',
      'your own release (txt, md, docx, html), one file per language, instead of the invented one',
    )
    .option('--pictures <folder>', 'folder with pictures.json, for your own release')
    .option('--seconds <n>', 'how far ahead T is set', '20')
    .option('--workers <n>', 'how many worker processes', '1')
    .action(async (options: Options) => {
      const demo: DemoOptions = {
        seconds: Number(options.seconds),
        workers: Number(options.workers),
        clock: systemClock,
        ...(options.release ? { files: options.release } : {}),
        ...(options.pictures ? { pictures: options.pictures } : {}),
      };
      const house = await House.open(context.settings);
      try {
        if (!(await runDemo(house, demo))) context.state.exitCode = 1;
      } finally {
        await house.close();
      }
    });
};
