/** The script for k6 as one file: bundled in a clone, made with the package otherwise. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isPacked } from '../terminal/command-line.ts';

/** In the package, beside this file. */
export const packedScript = 'sign-ins.k6';

export async function k6Script(): Promise<string> {
  if (isPacked) return readFile(fileURLToPath(new URL(packedScript, import.meta.url)), 'utf8');
  // Not a literal: the package does not contain the bundler.
  const bundler = './bundle-script.ts';
  const { bundleScript } = (await import(bundler)) as { bundleScript: () => Promise<string> };
  return bundleScript();
}
