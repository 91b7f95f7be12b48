import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Clock } from '#libs/kernel';
import { offersOf, type Offers } from './envelope.js';
import type { RelayTarget } from './relay.target.js';
import { verdictOfReply, type LaneFault, type Verdict } from './verdict.js';

export interface OpeningLimits {
  /** DNS, connecting and the TLS handshake, milliseconds. */
  readonly connectMs: number;
  /** From connected to the greeting. */
  readonly greetingMs: number;
  /** Longest silence afterwards. */
  readonly silenceMs: number;
}

/** A connection that is ready for MAIL, or what stands in the way as the verdict of whoever waited for it. */
export type Opening = { readonly socket: Socket; readonly offers: Offers } | { readonly fault: Fault };
export type Fault = Extract<Verdict, { word: 'lane' | 'deferred' }>;

export interface Opener {
  readonly target: RelayTarget;
  readonly limits: OpeningLimits;
  readonly clock: Clock;
  /** PEM certificates to trust besides those of Node; for relays with a certificate of their own house. */
  readonly trust?: string;
}

/** What nodemailer keeps to itself and we have to know to take its socket over. Pinned by a test. */
interface Insides {
  readonly _remainder: string;
  readonly _responseQueue: readonly string[];
  readonly _onSocketData: (packet: Buffer) => void;
  readonly _onSocketError: (error: Error) => void;
  readonly _onSocketClose: () => void;
  readonly _onSocketEnd: () => void;
  readonly _onSocketTimeout: () => void;
}

/** Connects, encrypts and logs in by nodemailer, then takes the socket over. Never rejects. */
export async function openConnection(opener: Opener): Promise<Opening> {
  const { target, limits, clock } = opener;
  const connection = new SMTPConnection({
    host: target.host,
    port: target.port,
    secure: target.tls === 'implicit',
    requireTLS: target.tls === 'required',
    ignoreTLS: target.tls === 'off',
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.greetingMs,
    socketTimeout: limits.silenceMs,
    socketCloseTimeout: 0,
    logger: false,
    // 1 MB is nodemailer's default; no greeting, EHLO or AUTH answer comes near this
    maxResponseSize: 65_536,
    ...(target.name ? { name: target.name } : {}),
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(opener.trust ? { ca: opener.trust } : {}) },
  });
  const done = new AbortController();
  const tooLong = limits.connectMs + limits.greetingMs + 2 * limits.silenceMs;
  const late = clock.sleep(tooLong, done.signal).then<Opening>(() => ({
    fault: lane('connect', `The relay did not get ready within ${tooLong / 1000} s.`),
  }));
  const opening = await Promise.race([converse(connection, target), late]);
  done.abort();
  if ('fault' in opening) connection.close();
  return opening;
}

function converse(connection: SMTPConnection, target: RelayTarget): Promise<Opening> {
  return new Promise((resolve) => {
    let step: LaneFault = 'connect';
    const fail = (error: Error) => resolve({ fault: faultOf(error, step, connection.upgrading === true) });
    // stays for good: an 'error' event without a listener would end the process
    connection.on('error', fail);
    connection.on('end', () => fail(new Error('The relay closed the connection.')));
    connection.connect((error) => {
      if (error) return fail(error);
      // nodemailer promises both; if it ever did not, nothing may be said in clear
      if (target.tls !== 'off' && !(connection._socket instanceof TLSSocket && connection._socket.authorized)) {
        return resolve({ fault: lane('tls', 'The connection is not encrypted and verified.') });
      }
      const offers = offersOf(String(connection.lastServerResponse || ''));
      if (!target.login) return resolve(takeOver(connection, offers));
      if (!connection.allowsAuth) return resolve({ fault: lane('auth', 'The relay does not offer a login.') });
      step = 'auth';
      const { user, password } = target.login;
      connection.login({ user, pass: password }, (refused) =>
        refused ? fail(refused) : resolve(takeOver(connection, offers)),
      );
    });
  });
}

/** The socket without nodemailer's hands on it, or a fault when bytes are left over that it has not told us about. */
function takeOver(connection: SMTPConnection, offers: Offers): Opening {
  const socket = connection._socket;
  const insides = connection as unknown as Insides;
  if (!socket || socket.destroyed) return { fault: lane('connect', 'The relay closed the connection.') };
  if (insides._remainder !== '' || insides._responseQueue.length > 0) {
    return { fault: lane('connect', 'The relay spoke unasked after the login.') };
  }
  socket.removeListener('data', insides._onSocketData);
  socket.removeListener('error', insides._onSocketError);
  socket.removeListener('close', insides._onSocketClose);
  socket.removeListener('end', insides._onSocketEnd);
  socket.removeListener('timeout', insides._onSocketTimeout);
  socket.setTimeout(0);
  if (socket.listenerCount('data') > 0 || socket.listenerCount('timeout') > 0) {
    return {
      fault: lane('connect', 'nodemailer kept its hands on the socket; this version of it is not known to us.'),
    };
  }
  return { socket, offers };
}

interface ConnectionError extends Error {
  readonly code?: string;
  readonly originalCode?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

const ABOUT_TLS = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|ERR_SSL|\bEPROTO\b|ETLS/;

function faultOf(error: ConnectionError, step: LaneFault, upgrading: boolean): Fault {
  if (error.responseCode && error.response) {
    const verdict = verdictOfReply({ code: error.responseCode, text: error.response }, 'connected');
    if (step !== 'auth' && /STARTTLS/.test(error.message))
      return lane('tls', 'The relay does not let us encrypt.', error);
    if (step === 'auth' && error.responseCode >= 500)
      return lane('auth', 'The relay does not accept our login.', error);
    if (verdict.word === 'lane' || verdict.word === 'deferred') return verdict;
  }
  const codes = `${error.code} ${error.originalCode}`;
  if (upgrading || ABOUT_TLS.test(codes)) return lane('tls', `The connection cannot be encrypted (${nameOf(error)}).`);
  if (error.code === 'EAUTH') return lane('auth', 'The relay and we have no way of logging in in common.');
  return lane('connect', `The relay cannot be reached (${nameOf(error)}).`);
}

function nameOf(error: ConnectionError): string {
  return error.originalCode ?? error.code ?? error.message;
}

function lane(kind: LaneFault, why: string, said?: ConnectionError): Fault {
  return {
    word: 'lane',
    kind,
    scope: 'relay',
    phase: 'connected',
    why,
    ...(said?.responseCode ? { code: said.responseCode, reply: said.response ?? '' } : {}),
  };
}
