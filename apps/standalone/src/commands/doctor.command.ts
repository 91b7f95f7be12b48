import type { AddCommands } from './context.js';

export const doctorCommands: AddCommands = () => undefined;
