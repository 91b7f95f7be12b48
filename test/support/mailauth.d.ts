/** The part of mailauth that tests use; the package brings no types. */
declare module 'mailauth/lib/dkim/verify.js' {
  export interface DkimResult {
    readonly signingDomain: string;
    readonly selector: string;
    readonly status: {
      readonly result: 'pass' | 'fail' | 'neutral' | 'policy' | 'temperror' | 'permerror';
      readonly comment?: string;
    };
    readonly signingHeaders?: { readonly keys: string };
  }
  export function dkimVerify(
    message: Buffer,
    options: { readonly resolver: (name: string, type: string) => Promise<string[][]> },
  ): Promise<{ readonly results: readonly DkimResult[] }>;
}
