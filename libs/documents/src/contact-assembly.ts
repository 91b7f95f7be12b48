import type { ContactToken } from './contact-tokens.js';
import type { MediaContactNode } from './document.js';

/** A contact while it is put together. */
export type ContactPerson = { -readonly [Key in keyof MediaContactNode['attrs']]: MediaContactNode['attrs'][Key] } & {
  phones: string[];
  emails: string[];
};

/** A token and its place among the lines of a contact block. */
export interface PlacedToken {
  readonly token: ContactToken;
  readonly alone: boolean;
  readonly apart: boolean;
  readonly first: boolean;
  readonly line: number;
}

/** Settles which of two names is the house, where words alone cannot tell. */
export function settleHouses(stream: readonly PlacedToken[]): readonly PlacedToken[] {
  return settleLines(settleTop(stream));
}

/** Two names alone on the first two lines and no organisation anywhere: the first line of a contact is the house. */
function settleTop(stream: readonly PlacedToken[]): readonly PlacedToken[] {
  const content = stream.filter(({ token }) => token.kind !== 'signpost');
  const [first, second] = content;
  if (!first || !second || first.token.kind !== 'name' || second.token.kind !== 'name') return stream;
  if (!first.alone || !second.alone || content.some(({ token }) => token.kind === 'organisation')) return stream;
  return stream.map((each) => (each === first ? asHouse(each) : each));
}

/** "Lantern Health – Mia Clarke – …" next to "Harbour Ventures – Joe Finch – …": lines set alike are read alike. */
function settleLines(stream: readonly PlacedToken[]): readonly PlacedToken[] {
  const lines = new Map<number, PlacedToken[]>();
  for (const each of stream) {
    if (each.token.kind !== 'signpost') lines.set(each.line, [...(lines.get(each.line) ?? []), each]);
  }
  const starts = [...lines.values()].map((tokens) =>
    tokens
      .slice(0, 2)
      .map(({ token }) => token.kind)
      .join(),
  );
  const housesFirst = starts.includes('organisation,name');
  const houses = [...lines.values()].flatMap(([first, second]) => {
    if (first?.token.kind !== 'name' || second?.token.kind !== 'name' || isSamePerson(first, second)) return [];
    return housesFirst ? [first] : starts.includes('name,organisation') ? [second] : [];
  });
  return stream.map((each) => (houses.includes(each) ? asHouse(each) : each));
}

function isSamePerson(first: PlacedToken, second: PlacedToken): boolean {
  return /\p{Script=Han}/u.test(first.token.text) !== /\p{Script=Han}/u.test(second.token.text);
}

function asHouse(each: PlacedToken): PlacedToken {
  return { ...each, token: { ...each.token, kind: 'organisation' } };
}

class Assembly {
  readonly people: ContactPerson[] = [];
  private open: ContactPerson = empty();
  /** The organisation that stands above several persons. */
  private house = '';
  private pendingNote = '';
  private lineStart = 0;

  take({ token, alone, apart, first }: PlacedToken): void {
    const { kind, text } = token;
    if (first) this.lineStart = this.people.length;
    if (kind === 'organisation' && token.backwards) this.backwards(text);
    else if (kind === 'organisation') this.organisation(text, alone);
    else if (kind === 'name' || kind === 'desk') this.name(text, kind === 'desk', alone, first || alone);
    else if (kind === 'role') this.role(text);
    else if (kind === 'phone') this.open.phones.push(text);
    else if (kind === 'email') this.email(text);
    else if (kind === 'note') this.note(text, apart);
  }

  finish(): ContactPerson[] {
    this.close();
    const last = this.people.at(-1);
    if (this.pendingNote !== '') {
      if (last) last.note = joined(last.note, this.pendingNote);
      else this.people.push({ ...empty(), note: this.pendingNote });
    }
    return this.people;
  }

  private organisation(text: string, alone: boolean): void {
    if (isReachable(this.open) || (this.open.organisation !== '' && this.open.name !== '')) this.close();
    if (alone && this.open.name === '') this.house = text;
    this.open.organisation = this.open.organisation === '' ? text : `${this.open.organisation}, ${text}`;
    if (alone && this.open.name === '') this.house = this.open.organisation;
  }

  /** The house of everybody named before it on the line. */
  private backwards(text: string): void {
    for (const person of [...this.people.slice(this.lineStart), this.open])
      if (person.organisation === '') person.organisation = text;
  }

  private name(text: string, desk: boolean, alone: boolean, first: boolean): void {
    if (desk && !alone && isReachable(this.open)) this.open.note = joined(this.open.note, text);
    else if (desk && this.open.name !== '' && this.open.organisation === '' && !isReachable(this.open))
      this.open.organisation = text;
    else if (this.open.name !== '' && desk && !(alone && isReachable(this.open)))
      this.open.note = joined(this.open.note, text);
    else {
      if (isAlias(this.open, text)) this.open.name = `${this.open.name} ${text}`;
      else {
        // "call 0000 0000 and ask for X": on one line the number may come first
        if (this.open.name !== '' || (first && isReachable(this.open))) this.close();
        this.open.name = text;
      }
    }
  }

  private role(text: string): void {
    if (isReachable(this.open) && this.open.name !== '' && this.open.role !== '') this.close();
    this.open.role = this.open.role === '' ? text : `${this.open.role}, ${text}`;
  }

  /** A second address without a new name belongs to the same person; a number before it may start the next desk. */
  private email(text: string): void {
    if (!this.open.emails.includes(text)) this.open.emails.push(text);
  }

  private note(text: string, apart: boolean): void {
    if (apart && !isReachable(this.open) && this.open.name === '') this.pendingNote = joined(this.pendingNote, text);
    else this.open.note = joined(this.open.note, text);
  }

  private close(): void {
    const { organisation, name, role, note } = this.open;
    if (isReachable(this.open) || name !== '') {
      this.people.push({ ...this.open, organisation: organisation === '' ? this.house : organisation });
    } else if (organisation + role + note !== '') {
      const last = this.people.at(-1);
      if (last) last.note = joined(last.note, joined(organisation, joined(role, note)));
      else this.people.push(this.open);
    }
    this.open = empty();
  }
}

/** 陸詠詩 / Wing Luk: one person in two scripts. */
function isAlias(person: ContactPerson, text: string): boolean {
  if (person.name === '' || isReachable(person)) return false;
  return (
    /\p{Script=Han}/u.test(person.name) !== /\p{Script=Han}/u.test(text) &&
    !/\p{Script=Han}.*[A-Z]|[A-Z].*\p{Script=Han}/u.test(person.name)
  );
}

/** Puts tokens together to contacts: a new name, house or line after a number begins the next one. */
export function assembleContacts(stream: readonly PlacedToken[]): ContactPerson[] {
  const assembly = new Assembly();
  for (const each of stream) assembly.take(each);
  return assembly.finish();
}

function empty(): ContactPerson {
  return { organisation: '', name: '', role: '', phones: [], emails: [], note: '' };
}

function isReachable(person: ContactPerson): boolean {
  return person.phones.length + person.emails.length > 0;
}

function joined(first: string, second: string): string {
  return [first, second].filter((part) => part !== '').join('; ');
}
