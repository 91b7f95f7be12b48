export interface ProblemParts {
  /** Stable, dotted, for programs: `contacts.address.line-break`. */
  readonly code: string;
  /** One sentence in the user's words: what is wrong. */
  readonly message: string;
  /** One sentence: what to do about it. */
  readonly remedy: string;
  /** The field, row, setting or flag it is about, as the user knows it. */
  readonly field?: string;
  /** HTTP status an API answers with; 422 when not given. */
  readonly status?: number;
  readonly cause?: unknown;
}

/** A mistake the user can mend. Anything else that is thrown is our own bug. */
export class Problem extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly field: string | undefined;
  readonly status: number;

  constructor(parts: ProblemParts) {
    super(parts.message, { cause: parts.cause });
    this.name = 'Problem';
    this.code = parts.code;
    this.remedy = parts.remedy;
    this.field = parts.field;
    this.status = parts.status ?? 422;
  }
}
