import type { Bug } from './bug.js';
import { GATE_BUGS } from './bugs.gate.js';
import { LEDGER_BUGS } from './bugs.ledger.js';
import { MAIL_BUGS } from './bugs.mail.js';
import { PROOF_BUGS } from './bugs.proof.js';

/** Each is a mistake that was made somewhere, or nearly; none may come back unnoticed. */
export const BUGS: readonly Bug[] = [...GATE_BUGS, ...LEDGER_BUGS, ...MAIL_BUGS, ...PROOF_BUGS];
