import type { Response } from 'express';

/** A page behind a mailed link: for its holder alone, kept by nobody, found by no search engine. */
export function sendPage(response: Response, html: string): void {
  response.setHeader('Cache-Control', 'private, no-store');
  response.setHeader('X-Robots-Tag', 'noindex, nofollow');
  response.type('html').send(html);
}
