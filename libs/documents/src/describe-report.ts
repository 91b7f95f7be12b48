import type { Language } from '#libs/kernel';
import type { MappingEntry, MappingReport } from './mapping-report.js';
import { CONFIDENCE_WORDS, PART_WORDS, WHY_WORDS } from './report-words.js';
import { WARNING_WORDS } from './warning-words.js';

/** A mapping report in words, for a screen or a terminal. */
export interface DescribedReport {
  /** One sentence: how many lines, how many left over, how many to check. */
  readonly summary: string;
  /** Blank lines are left out. */
  readonly lines: readonly {
    /** `12`, or `12–14`. */
    readonly line: string;
    readonly source: string;
    readonly part: string;
    readonly confidence: string;
    readonly why: string;
  }[];
  readonly warnings: readonly string[];
}

/** Puts a mapping report into words of one of our languages. */
export function describeReport(report: MappingReport, language: Language): DescribedReport {
  const told = report.entries.filter(({ became }) => became !== 'blank');
  return {
    summary: summaryOf(report, language),
    lines: told.map((entry) => ({
      line: entry.lines[0] === entry.lines[1] ? `${entry.lines[0]}` : `${entry.lines[0]}–${entry.lines[1]}`,
      source: entry.source.replace(/\s+/g, ' ').trim(),
      part: PART_WORDS[entry.became][language],
      confidence: CONFIDENCE_WORDS[entry.confidence][language],
      why: whyOf(entry, language),
    })),
    warnings: report.warnings.map((key) => WARNING_WORDS[key]?.[language] ?? key),
  };
}

function whyOf(entry: MappingEntry, language: Language): string {
  return WHY_WORDS[entry.why]?.[language] ?? entry.why;
}

function summaryOf({ summary }: MappingReport, language: Language): string {
  const { lines, leftovers, guesses } = summary;
  if (language === 'zh-Hant') return `共 ${lines} 行；未採用 ${leftovers} 處，需核對 ${guesses} 處。`;
  if (language === 'zh-Hans') return `共 ${lines} 行；未采用 ${leftovers} 处，需核对 ${guesses} 处。`;
  return `${lines} lines; ${leftovers} left over, ${guesses} to check.`;
}
