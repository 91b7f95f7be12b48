import { fileSize, pixels } from './amounts.js';
import type { Wording } from './wording.js';

export const ENGLISH: Wording = {
  pressRelease: 'Press release',
  test: 'Test mail. Not approved, not for publication',
  webVersion: 'Web version',
  greeting: (name) => `Dear ${name},`,
  dashBeforeSpeaker: '— ',
  comma: ', ',
  colon: ': ',
  endOfText: 'End of text',
  pictures: 'Pictures',
  picture: (number) => `Picture ${number}`,
  credit: (name) => ` (${name})`,
  download: (number) => (number === 0 ? 'Download the full-size picture' : `Download picture ${number} in full size`),
  file: (format, width, height, bytes) => `${format}, ${pixels(width, height)}\u00a0px, ${fileSize(bytes)}`,
  kit: (bytes) => `Download everything (ZIP, ${fileSize(bytes)})`,
  kitHolds: 'Full-size pictures, captions and the complete text.',
  contacts: 'Media contacts',
  about: 'About us',
  newsroom: 'Newsroom',
  why: (organisation) => ['This mail went to ', ` because that address is on the press list of ${organisation}.`],
  preferences: 'Change language or what you receive',
  sender: 'Sender',
  release: (number, version) => `Release\u00a0${number}, version\u00a0${version}`,
  brings: (pictures, contacts) =>
    [
      pictures > 0 ? `${pictures} full-size ${pictures === 1 ? 'picture' : 'pictures'}` : '',
      contacts > 0 ? `${contacts} media ${contacts === 1 ? 'contact' : 'contacts'}` : '',
    ]
      .filter(Boolean)
      .join(' and '),
};
