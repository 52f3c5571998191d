/** Test fixture: zip files as capture tools write them. */
import { zipSync } from 'fflate';

export const zip = (files: Readonly<Record<string, string | Buffer>>): Buffer =>
  Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text as string)]))),
  );
