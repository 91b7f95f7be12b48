import { describeReport, type MappingReport } from '#libs/documents';
import { say } from '../terminal.js';

const SHOWN_COLUMNS = 56;

/** Which line of the file became what, how sure that is, and what was left over; warnings last. */
export function printMapping(report: MappingReport): void {
  const told = describeReport(report, 'en');
  say.table(
    ['line', 'became', 'sure?', 'text'],
    told.lines.map((line) => [line.line, line.part, line.confidence, short(line.source)]),
  );
  say.line(told.summary);
  for (const warning of told.warnings) say.note(warning);
}

function short(text: string): string {
  const characters = [...text];
  return characters.length > SHOWN_COLUMNS ? `${characters.slice(0, SHOWN_COLUMNS - 1).join('')}…` : text;
}
