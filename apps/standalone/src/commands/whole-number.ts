import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number of at least 1; anything else is a mistake in the words (exit code 2). */
export function wholeNumber(flag: string): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new InvalidArgumentError(`${flag} is a whole number from 1.`);
  };
}
