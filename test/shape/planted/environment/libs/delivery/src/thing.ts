import { env } from 'node:process'; // planted: house/environment

export function home(): readonly unknown[] {
  const { env: again } = process; // planted: house/environment
  return [env['HOME'], again['HOME'], process.env['HOME']]; // planted: house/environment
}
