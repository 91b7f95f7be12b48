import type { Language } from '#libs/kernel';
import type { Confidence } from './claims.js';
import { countScripts } from './script-pairs.js';

export interface DetectedLanguage {
  readonly language: Language;
  readonly confidence: Confidence;
  /** Another language that makes up a good part of the text: the file may hold two editions. */
  readonly second: Language | null;
}

const HAN = /\p{Script=Han}/gu;
const LATIN_WORD = /\p{Script=Latin}{2,}/gu;

/** Tells Traditional from Simplified Chinese from English by the characters only one of them uses. */
export function detectLanguage(text: string): DetectedLanguage {
  const sample = text.slice(0, 60_000);
  const han = sample.match(HAN)?.length ?? 0;
  // an English word carries about as much as two Han characters
  const latin = (sample.match(LATIN_WORD)?.length ?? 0) * 2;
  const total = han + latin;
  if (total === 0) return { language: 'en', confidence: 'guess', second: null };
  const chinese = readScript(sample);
  if (han / total < 0.3) {
    return {
      language: 'en',
      confidence: han / total < 0.15 ? 'sure' : 'likely',
      second: han / total > 0.15 ? chinese.language : null,
    };
  }
  const second = latin / total > 0.4 ? 'en' : chinese.second;
  return { language: chinese.language, confidence: latin / total > 0.5 ? 'likely' : chinese.confidence, second };
}

function readScript(text: string): DetectedLanguage {
  const { simplified, traditional } = countScripts(text);
  const telling = simplified + traditional;
  const language = simplified > traditional ? 'zh-Hans' : 'zh-Hant';
  if (telling === 0) return { language, confidence: 'guess', second: null };
  const share = Math.max(simplified, traditional) / telling;
  const confidence: Confidence = share > 0.95 && telling >= 5 ? 'sure' : share > 0.8 ? 'likely' : 'guess';
  const other: Language = language === 'zh-Hans' ? 'zh-Hant' : 'zh-Hans';
  return { language, confidence, second: share < 0.8 ? other : null };
}
