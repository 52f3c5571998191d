/** What must be so that a fault can strike at all. */

export interface PlayOptions {
  /** Settings of the SSO profile; the hardened defaults for what is left out. */
  settings?: object;
  /** The same visitor has signed in honestly just before. */
  signedInBefore?: boolean;
  /** The sign-in begins at the identity provider's portal. */
  fromPortal?: boolean;
}

export const encrypting = { acceptEncryption: true };

/** What must be so that the fault of this code can strike at all. */
export function circumstances(code: string): PlayOptions {
  if (code === 'encrypted-other-key' || code === 'encrypted-no-key-configured') return {};
  if (/^(enc|decrypted|xsw-encrypted|plain-when)/.test(code)) return { settings: encrypting };
  if (['in-response-to-reused', 'replay-previous-response', 'replay-new-response-same-assertion'].includes(code))
    return { signedInBefore: true };
  return code === 'unsolicited-with-in-response-to' ? { fromPortal: true } : {};
}
