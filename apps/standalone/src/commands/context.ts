import type { Command } from 'commander';
import type { Actor, Settings } from '#libs/kernel';
import type { Release } from '#libs/releases';
import { House } from '../house.js';

export interface CommandContext {
  readonly settings: Settings;
  /** A command that found fault without throwing (a failed check) sets it. */
  readonly state: { exitCode: number };
}

/** One file of commands adds its own to the program. */
export type AddCommands = (program: Command, context: CommandContext) => void;

/** Opens the house for one act and closes it whatever happens. */
export async function inHouse<T>(context: CommandContext, act: (house: House) => Promise<T>): Promise<T> {
  const house = await House.open(context.settings);
  try {
    return await act(house);
  } finally {
    await house.close();
  }
}

/** The same, with the officer that --as names. */
export async function asOfficer<T>(
  context: CommandContext,
  who: string | undefined,
  act: (house: House, by: Actor) => Promise<T>,
): Promise<T> {
  return inHouse(context, async (house) => {
    const by = await house.db.transaction((tx) => house.actor(tx, who ?? context.settings.text('DATELINE_AS')));
    return act(house, by);
  });
}

export const AS = ['--as <officer>', 'who acts: ORGANISATION/ADDRESS (default: the setting DATELINE_AS)'] as const;

type Act = (house: House, by: Actor, release: Release) => Promise<void>;

/** Wires a command that acts on one release, named by its number. */
export function onRelease(context: CommandContext, act: Act) {
  return (number: string, options: { as?: string }) =>
    asOfficer(context, options.as, async (house, by) =>
      act(house, by, await house.releases.byNumber(house.db, by.organisation, number)),
    );
}
