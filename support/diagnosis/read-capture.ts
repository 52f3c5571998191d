/** Reads a file with captured messages, or standard input: a limited amount only. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { maxFileSize, tooLarge } from './capture.ts';
import { Unreadable } from './unreadable.ts';

/** `-` is standard input. Throws Unreadable. */
export async function readCapture(file: string): Promise<Buffer> {
  if (file === '-') return readStream(process.stdin, file);
  const status = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new Unreadable(
      error.code === 'ENOENT' ? `File not found: ${file}.` : `Cannot read ${file}: ${error.message}.`,
    );
  });
  if (status.isDirectory()) throw new Unreadable(`${file} is a folder, not a file.`);
  if (status.size > maxFileSize) throw tooLarge();
  // A pipe has a name but no size.
  return status.isFile()
    ? readFile(file).catch((error: Error) => Promise.reject(new Unreadable(`Cannot read ${file}: ${error.message}.`)))
    : readStream(createReadStream(file), file);
}

async function readStream(stream: AsyncIterable<unknown>, name: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > maxFileSize) throw tooLarge();
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof Unreadable ? error : new Unreadable(`Cannot read ${name}: ${(error as Error).message}.`);
  }
  return Buffer.concat(pieces);
}
