import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { Problem, Settings } from '#libs/kernel';
import { commands } from './commands/commands.js';
import { systemFault } from './system-fault.js';
import { say, sayWithoutColour } from './terminal.js';

/**
 * The `dateline` command line. Every command is an act of an officer or of ops on the same libs as the API; exit code 0
 * means that what was asked is done, 1 that it is not and standard error says why, 2 that the words were wrong.
 */
async function main(): Promise<number> {
  if (process.env['NO_COLOR'] !== undefined) sayWithoutColour();
  const settings = Settings.from(process.env);
  const program = new Command('dateline')
    .description(
      'Press releases that leave at their embargo: never early, on time, never twice, nobody forgotten, provable.',
    )
    .showHelpAfterError('Run the same command with --help to see what it takes.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, subcommandTerm: termOf });
  const state = { exitCode: 0 };
  for (const add of commands) add(program, { settings, state });
  try {
    await program.parseAsync(process.argv);
    return state.exitCode;
  } catch (error) {
    return failure(error);
  }
}

/** A command in a list of commands: all of them have options, and long arguments would squeeze the descriptions. */
function termOf(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '…' : '');
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const term = [command.name(), ...words].join(' ');
  return term.length <= 28 ? term : `${command.name()} …`;
}

function failure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const problem = error instanceof Problem ? error : systemFault(error);
  if (problem) {
    say.problem(problem);
    return 1;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`This is our mistake, not yours. Please report it with these lines:\n${text}\n`);
  return 1;
}

// a reader that has seen enough, as "| head", is no fault
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.exitCode = failure(error);
  },
);
