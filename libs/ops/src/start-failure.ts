import { Problem, type Settings, type SettingName } from '#libs/kernel';

/** Throws a Problem for the first setting a process cannot start without. */
export function requireSettings(settings: Settings, names: readonly SettingName[]): void {
  for (const name of names) {
    if (settings.isSet(name)) continue;
    throw new Problem({
      code: 'settings.missing',
      field: name,
      message: `${name} is not set.`,
      remedy: 'Set it, or start everything with "npm start".',
    });
  }
}

/** The last words of a process that could not start: a sentence and its remedy, or the stack of our own bug. */
export function startFailure(app: string, error: unknown): string {
  if (error instanceof Problem) return `dateline ${app}: ${error.message} ${error.remedy}\n`;
  return `dateline ${app}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
}
