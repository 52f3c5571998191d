/** Reads the SP's private key, which decrypts assertions. */
import { createPrivateKey } from 'node:crypto';

/** The key as PKCS #8; undefined unless the text is a PEM private key without a passphrase. */
export function readPrivateKey(text: string): string | undefined {
  try {
    return createPrivateKey(text).export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    return undefined;
  }
}
