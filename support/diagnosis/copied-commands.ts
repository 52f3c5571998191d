/** Requests that the browser's developer tools copy as commands: cURL for bash and cmd, fetch, and PowerShell. */
import type { Exchange } from './exchange.ts';
import { bodyFields, includeMessage } from './form-fields.ts';
import { javaScript, powerShellQuotes, quotedAt, shellWords, withoutCarets } from './quoted-text.ts';

interface Command {
  method: string | undefined;
  url: string | undefined;
  contentType: string | undefined;
  body: string | undefined;
}

const most = 1_000;
const mostWords = 100_000;

/** The requests with SAML, one at a time. None if the text contains no such command. */
export function* exchangesOfCommands(text: string): Generator<Exchange> {
  const [name, commands] = commandsIn(text);
  const [first, second] = [commands.next(), commands.next()];
  const isOnly = second.done === true;
  let number = 0;
  for (let one = first; one.done !== true; one = number === 1 ? second : commands.next()) {
    number++;
    const exchange = exchangeOf(one.value, isOnly ? `the ${name}` : `${name} ${number}`);
    if (exchange !== undefined) yield exchange;
  }
}

function exchangeOf({ method, url, contentType, body }: Command, where: string): Exchange | undefined {
  const posted = bodyFields(body ?? '');
  const fields = includeMessage(posted) ? posted : bodyFields(url ?? '');
  if (!includeMessage(fields)) return undefined;
  const usual = body === undefined ? 'GET' : 'POST';
  const common = { where, contentType, fields, xml: undefined, at: undefined, copied: true };
  return { ...common, method: method?.toUpperCase() ?? usual, url };
}

function commandsIn(text: string): [name: string, commands: Generator<Command, undefined>] {
  const curl = /(?:^|[\n\\/])[ \t]*curl(?:\.exe)?\s/.exec(text);
  if (curl !== null) return ['cURL command', curlCommands(text.slice(curl.index))];
  const [fetches, powerShell] = [/\bfetch\s*\(/g, /\bInvoke-(?:WebRequest|RestMethod)\b/gi];
  if (text.search(fetches) >= 0) return ['fetch call', piecesAfter(fetches, text, fetchCall)];
  return ['PowerShell command', piecesAfter(powerShell, text, powerShellCommand)];
}

/** The part of the text that is read between each match and the next one. */
function* piecesAfter(pattern: RegExp, text: string, read: (piece: string) => Command): Generator<Command, undefined> {
  let start: number | undefined;
  let count = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    if (start !== undefined) yield read(text.slice(start, index));
    start = index + match.length;
    if (++count === most) break;
  }
  if (start !== undefined) yield read(text.slice(start));
  return undefined;
}

/** Chrome's cmd form escapes with carets. */
function* curlCommands(text: string): Generator<Command, undefined> {
  const words = shellWords(/\^["\r\n]/.test(text) ? withoutCarets(text) : text);
  let command: Command | undefined;
  let commands = 0;
  let count = 0;
  for (let { value: word } = words.next(); word !== undefined && ++count < mostWords; ) {
    const next: string | undefined = words.next().value ?? undefined;
    if (word.length < 1_000 && /^(?:\S*[\\/])?curl(?:\.exe)?$/.test(word)) {
      if (command !== undefined) yield command;
      if (++commands > most) return undefined;
      command = { method: undefined, url: undefined, contentType: undefined, body: undefined };
    }
    const isTaken = command !== undefined && takeOption(command, word, next);
    word = isTaken ? (words.next().value ?? undefined) : next;
  }
  if (command !== undefined) yield command;
  return undefined;
}

/** True if the option used the next word. */
function takeOption(command: Command, word: string, next: string | undefined): boolean {
  if (/^https?:\/\//i.test(word)) command.url ??= word;
  if (next === undefined) return false;
  if (/^(?:-X|--request)$/.test(word)) command.method = next;
  else if (word === '--url') command.url = next;
  else if (/^(?:-d|--data(?:-raw|-ascii|-binary|-urlencode)?)$/.test(word))
    command.body = command.body === undefined ? next : `${command.body}&${next}`;
  else if (/^(?:-H|--header)$/.test(word)) command.contentType ??= /^content-type:(.*)$/i.exec(next)?.[1]?.trim();
  else return /^(?:-b|--cookie|-A|--user-agent|-e|--referer|-o|--output|-u|--user|-x|--proxy)$/.test(word);
  return true;
}

function fetchCall(call: string): Command {
  const read = (before: string): string | undefined => {
    const match = new RegExp(`${before}\\s*(?=["'\`])`, 'i').exec(call);
    return match ? quotedAt(call, match.index + match[0].length, javaScript) : undefined;
  };
  return {
    url: read('^'),
    method: read(`\\bmethod["']?\\s*:`),
    contentType: read(`content-type["']?\\s*:`),
    body: read(`\\bbody["']?\\s*:`),
  };
}

function powerShellCommand(command: string): Command {
  const read = (option: string): string | undefined => {
    const before = `-${option}\\s+(?:\\(?\\[System\\.Text\\.Encoding\\]::\\w+\\.GetBytes\\(\\s*)?`;
    const match = new RegExp(`${before}(?=["'])`, 'i').exec(command);
    return match ? quotedAt(command, match.index + match[0].length, powerShellQuotes) : undefined;
  };
  return { url: read('Uri'), method: read('Method'), contentType: read('ContentType'), body: read('Body') };
}
