import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { FAILED_PAGE, MISSING_PAGE } from '#libs/engagement';
import { errorFacts, type Clock, type Log } from '#libs/kernel';

/**
 * No 404 leaves sooner than this after its request came. Looking up an embargoed name costs some 50 µs more than an unknown
 * one; who could measure that would know that a release is coming.
 */
const MISSING_AFTER_MS = 25;

/**
 * Every answer that is not a success. What is unknown, embargoed, stopped, expired or forged is one page, byte for byte,
 * with one set of headers; what fails on our side is another, before and after T alike.
 */
@Catch()
export class UniformAnswers implements ExceptionFilter {
  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    if (response.headersSent) return void response.destroy();
    for (const name of response.getHeaderNames()) if (OF_SUCCESS.has(name)) response.removeHeader(name);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Robots-Tag', 'noindex, nofollow');
    if (statusOf(error) < 500) return this.missing(response);
    this.tell(error, http.getRequest<Request>());
    response.setHeader('Retry-After', '30');
    response.status(503).type('html').send(FAILED_PAGE);
  }

  private async missing(response: Response): Promise<void> {
    const spent = this.clock.monotonic() - Number(response.locals['startedAt']);
    if (spent < MISSING_AFTER_MS) await this.clock.sleep(MISSING_AFTER_MS - spent);
    response.status(404).type('html').send(MISSING_PAGE);
  }

  /** The kind of address and never the address: tokens and keys stay out of the log. */
  private tell(error: unknown, request: Request): void {
    const kind = /^\/(a|k|u|p|health)\//.exec(request.path)?.[1] ?? 'other';
    this.log.error({ ...errorFacts(error), kind, method: request.method }, 'could not answer');
  }
}

/** Nest's own refusals, and those of what reads bodies and addresses before Nest does. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === 'number' ? status : 500;
}

const OF_SUCCESS = new Set([
  'content-type',
  'content-length',
  'content-disposition',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
]);
