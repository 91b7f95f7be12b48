import { one } from '../../audit/src/index.js'; // planted: house/front-door-name
import type { Clock } from '#libs/kernel';

export function later(clock: Clock): number {
  return clock.now() + one;
}
