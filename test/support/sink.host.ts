import type { TestCertificate } from './certificate.js';
import type { Capture, SinkBody } from './sink.body.js';
import type { Rule, SinkScript } from './sink.script.js';

export interface SinkOptions {
  /** 0, a free one, when not given. */
  readonly port?: number;
  /** What is kept of a message; `raw` when not given. */
  readonly capture?: Capture;
  readonly script?: readonly Rule[];
  /** A file that has a line for every accepted message, on disk before the 250 leaves. */
  readonly acceptLog?: string;
  /** Offers AUTH and refuses MAIL without it. */
  readonly login?: { readonly user: string; readonly password: string };
  readonly tls?: 'starttls' | 'implicit';
  readonly certificate?: TestCertificate;
  readonly pipelining?: boolean;
  readonly eightBit?: boolean;
  readonly smtpUtf8?: boolean;
  /** Offers SIZE; 0 without a limit. */
  readonly size?: number;
  /** Refuses each recipient with 450 until this much after it was first named. */
  readonly greylistMs?: number;
  /** Says 421 and closes after so many messages. */
  readonly messagesPerConnection?: number;
  /** More connections than this get 421 instead of a greeting. */
  readonly maxConnections?: number;
}

export interface SunkMessage {
  /** ms since 1970, read before the 250 is written. */
  readonly at: number;
  readonly connection: number;
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  readonly messageId?: string;
  readonly raw?: Buffer;
  readonly sha256?: string;
}

/** What a connection of the sink sees of the server it belongs to. */
export interface SinkHost {
  readonly options: SinkOptions;
  readonly script: SinkScript;
  readonly certificate: TestCertificate | undefined;
  readonly connections: Set<unknown>;
  readonly messages: readonly SunkMessage[];
  readonly mails: string[];
  dots: number;
  greylists(to: string): boolean;
  accept(taken: { connection: number; from: string; to: string; body: SinkBody }): Promise<void>;
}
