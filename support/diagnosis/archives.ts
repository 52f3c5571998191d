/** Zip files of capture tools: Playwright's traces and HARs, Fiddler's archives, and a zipped capture. */
import { unzipSync } from 'fflate';
import type { Exchange } from './exchange.ts';
import { exchangesIn } from './exchanges.ts';
import { dateOfReply, exchangeOfRequest, exchangesOfReply } from './raw-http.ts';
import { Malformed, parseSamlJson } from './saml-json.ts';
import { Unreadable } from './unreadable.ts';

const megabyte = 1024 * 1024;

/** Of one file, and of all files that are read together, unpacked. */
const limits = { entries: 20_000, file: 25 * megabyte, total: 50 * megabyte };

export const isZip = (octets: Buffer): boolean => octets.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'));

export interface ZipContents {
  exchanges: Iterable<Exchange>;
  /** A file that is a capture by itself. */
  captures: readonly Buffer[];
}

/** Throws Unreadable. */
export function readZip(octets: Buffer): ZipContents {
  const names = namesIn(octets);
  const inZip = (pattern: RegExp): string[] => names.filter((name) => pattern.test(name));
  const fiddler = inZip(/^raw\/\d+_[cs]\.txt$/i);
  if (fiddler.length > 0) return { exchanges: fiddlerExchanges(unpack(octets, fiddler)), captures: [] };
  const logs = inZip(/(?:^|[/-])trace\.network$|\.network$/);
  if (logs.length > 0) return { exchanges: playwrightExchanges(octets, unpack(octets, logs)), captures: [] };
  const [har] = inZip(/\.har$/i);
  if (har !== undefined) return { exchanges: exchangesIn(withFiles(octets, [har])), captures: [] };
  const [other] = inZip(/\.(?:json|xml|txt|html?|saml|log|eml)$/i);
  if (other !== undefined) return { exchanges: [], captures: [...unpack(octets, [other]).values()] };
  throw new Unreadable(
    'The zip file contains neither a HAR, nor a Playwright trace, nor a Fiddler archive. Give the capture itself.',
  );
}

const tooLarge = (): Unreadable =>
  new Unreadable(
    `The zip file is larger than ${limits.file / megabyte} MB when unpacked. Export only the requests of the sign-in.`,
  );

function namesIn(octets: Buffer): string[] {
  const names: string[] = [];
  walk(octets, ({ name }) => {
    if (names.push(name) > limits.entries)
      throw new Unreadable(`The zip file contains more than ${limits.entries} files. Give the capture itself.`);
    return false;
  });
  return names;
}

/** By name. What is compressed is unpacked no further than the size that the file states, which is limited. */
function unpack(octets: Buffer, wanted: Iterable<string>): Map<string, Buffer> {
  const names = new Set(wanted);
  let total = 0;
  const files = walk(octets, ({ name, originalSize, size }) => {
    if (!names.delete(name)) return false;
    const unpacked = Math.max(originalSize, size);
    total += unpacked;
    if (unpacked > limits.file || total > limits.total) throw tooLarge();
    return true;
  });
  return new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
}

type Filter = NonNullable<NonNullable<Parameters<typeof unzipSync>[1]>['filter']>;

function walk(octets: Buffer, filter: Filter): ReturnType<typeof unzipSync> {
  try {
    return unzipSync(octets, { filter });
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable('The zip file is damaged, incomplete or has a password. Save it again, without a password.');
  }
}

function* fiddlerExchanges(files: ReadonlyMap<string, Buffer>): Generator<Exchange> {
  for (const [name, content] of [...files].toSorted(([one], [other]) => one.localeCompare(other, 'en'))) {
    const text = content.toString('utf8');
    const reply = files.get(name.replace(/c(?=\.txt$)/i, 's'))?.toString('utf8') ?? '';
    if (/c\.txt$/i.test(name)) yield* exchangeOfRequest(text, { where: name, at: dateOfReply(reply) });
    else yield* exchangesOfReply(text, { where: `the page in ${name}`, at: dateOfReply(text) });
  }
}

type Tree = { [key: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** The log holds one entry a line, in the form of HAR, with the bodies in files of their own. */
function* playwrightExchanges(octets: Buffer, logs: ReadonlyMap<string, Buffer>): Generator<Exchange> {
  for (const [name, log] of logs) {
    const wanted = new Set<string>();
    for (const { entry } of entriesOf(log)) for (const file of bodiesOf(entry)) wanted.add(`resources/${file}`);
    const bodies = new Bodies(unpack(octets, wanted));
    for (const { entry, index } of entriesOf(log)) {
      bodies.addTo(entry, 'resources/');
      yield* exchangesIn(entry, `${name}[${index}]`);
    }
  }
}

/** One at a time: all of them may take much more memory than the log. */
function* entriesOf(log: Buffer): Generator<{ entry: Tree; index: number }> {
  for (let [start, index] = [0, 0]; start < log.length; index++) {
    const end = log.indexOf('\n', start);
    const line = parsed(log.subarray(start, end < 0 ? undefined : end));
    if (isTree(line) && isTree(line.snapshot)) yield { entry: line.snapshot, index };
    start = end < 0 ? log.length : end + 1;
  }
}

/** A HAR that Playwright recorded into a zip, with its bodies. */
function withFiles(octets: Buffer, [name]: readonly [string]): unknown {
  const har = parseSamlJson(unpack(octets, [name]).get(name)!, { files: true });
  const entries = isTree(har) && isTree(har.log) && Array.isArray(har.log.entries) ? har.log.entries : [];
  const bodies = new Bodies(unpack(octets, new Set(entries.flatMap(bodiesOf))));
  for (const entry of entries) bodies.addTo(entry);
  return har;
}

/** The parts of an entry that may have a body in a file: what was posted, and a page that may hold a form. */
function partsOf(entry: unknown): Tree[] {
  if (!isTree(entry)) return [];
  const posted = isTree(entry.request) ? entry.request.postData : undefined;
  const content = isTree(entry.response) ? entry.response.content : undefined;
  const isPage = isTree(content) && /html/i.test(String(content.mimeType));
  return [posted, isPage ? content : undefined].filter(isTree);
}

const fileOf = (part: Tree): string | undefined => {
  const file = part._sha1 ?? part._file;
  return typeof file === 'string' ? file : undefined;
};

const bodiesOf = (entry: unknown): string[] => partsOf(entry).flatMap((part) => fileOf(part) ?? []);

/** The bodies that mention SAML. */
class Bodies {
  readonly #files: ReadonlyMap<string, Buffer>;
  #added = 0;

  constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = new Map([...files].filter(([, body]) => body.includes('SAML')));
  }

  /** Puts them where a HAR without files has them. Throws Unreadable if many entries have the same large body. */
  addTo(entry: unknown, folder = ''): void {
    for (const part of partsOf(entry)) {
      const body = this.#files.get(`${folder}${fileOf(part)}`);
      if (body === undefined) continue;
      this.#added += body.length;
      if (this.#added > limits.total) throw tooLarge();
      part.text = body.toString('utf8');
    }
  }
}

/** Undefined for a line that is not JSON. */
function parsed(line: Buffer): unknown {
  try {
    return parseSamlJson(line, { files: true });
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
