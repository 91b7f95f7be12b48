import { oneLine } from './escape.js';
import { safeHref } from './links.js';
import type { Mail } from './mail.js';

/** Web site as the release prints it, the sender's where that is another one, and the newsroom. */
export function readOn(mail: Mail): readonly (readonly [href: string, words: string])[] {
  const { outline, input, wording } = mail;
  const printed = outline.websites.map(
    (node) => [node.attrs.href, oneLine(node.attrs.text) || node.attrs.href] as const,
  );
  const own = input.sender.website ? [[input.sender.website, bare(input.sender.website)] as const] : [];
  const all = [...printed, ...own, [input.sender.newsroomUrl, wording.newsroom] as const];
  const seen = new Set<string>();
  return all.filter(([href]) => {
    const safe = safeHref(href);
    const key = bare(safe ?? '');
    if (safe === null || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function bare(href: string): string {
  return href.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
