import { Resolver } from 'node:dns/promises';
import type { Clock } from '#libs/kernel';

/** What the DNS says: records, `none` when it says there are none, `unknown` when it does not answer. */
export type Answer = readonly string[] | 'none' | 'unknown';

/** Questions to the DNS; each is answered within the limit, never with an exception. */
export interface Lookup {
  /** Each record as one text. */
  txt(name: string): Promise<Answer>;
  mx(name: string): Promise<Answer>;
  addresses(name: string): Promise<Answer>;
  names(address: string): Promise<Answer>;
}

const LIMIT_MS = 3_000;
/** The DNS was asked and answered that there is nothing. */
const NOTHING = ['ENOTFOUND', 'ENODATA'];

/**
 * One that is silent costs three seconds, not thirty.
 * @param servers name servers as address:port; those this machine is set up with when not given
 */
export function dnsLookup(clock: Clock, servers?: readonly string[]): Lookup {
  return {
    txt: (name) => ask((dns) => dns.resolveTxt(name).then((records) => records.map((parts) => parts.join('')))),
    mx: (name) => ask((dns) => dns.resolveMx(name).then((records) => records.map((record) => record.exchange))),
    addresses: (name) => ask((dns) => dns.resolve4(name)),
    names: (address) => ask((dns) => dns.reverse(address)),
  };

  async function ask(question: (dns: Resolver) => Promise<string[]>): Promise<Answer> {
    const dns = new Resolver({ timeout: LIMIT_MS, tries: 1 });
    if (servers) dns.setServers(servers);
    const done = new AbortController();
    try {
      return await Promise.race([
        question(dns).then((records): Answer => (records.length > 0 ? records : 'none')),
        clock.sleep(LIMIT_MS, done.signal).then((): Answer => 'unknown'),
      ]);
    } catch (error) {
      return NOTHING.includes((error as NodeJS.ErrnoException).code ?? '') ? 'none' : 'unknown';
    } finally {
      done.abort();
      dns.cancel();
    }
  }
}
