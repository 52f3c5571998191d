/** Requests that the browser's developer tools copy as commands: cURL for bash and cmd, fetch, and PowerShell. */
import type { Exchange } from './exchange.ts';
import { bodyFields, includeMessage } from './form-fields.ts';

interface Command {
  method: string | undefined;
  url: string | undefined;
  contentType: string | undefined;
  body: string | undefined;
}

const most = 1_000;

/** The requests with SAML. Empty if the text contains no such command. */
export function exchangesOfCommands(text: string): Exchange[] {
  const [name, commands] = commandsIn(text);
  return commands.flatMap(({ method, url, contentType, body }, index): Exchange[] => {
    const posted = bodyFields(body ?? '');
    const fields = includeMessage(posted) ? posted : bodyFields(url ?? '');
    if (!includeMessage(fields)) return [];
    const where = commands.length === 1 ? `the ${name}` : `${name} ${index + 1}`;
    const usual = body === undefined ? 'GET' : 'POST';
    const common = { where, contentType, fields, xml: undefined, at: undefined, copied: true };
    return [{ ...common, method: method?.toUpperCase() ?? usual, url }];
  });
}

function commandsIn(text: string): [name: string, commands: Command[]] {
  if (/(?:^|[\n\\/])[ \t]*curl(?:\.exe)?\s/.test(text)) return ['cURL command', curlCommands(text)];
  if (/\bfetch\s*\(/.test(text))
    return [
      'fetch call',
      text
        .split(/\bfetch\s*\(/, most)
        .slice(1)
        .map(fetchCall),
    ];
  const powerShell = /\bInvoke-(?:WebRequest|RestMethod)\b/i;
  if (powerShell.test(text))
    return ['PowerShell command', text.split(powerShell, most).slice(1).map(powerShellCommand)];
  return ['', []];
}

/** Chrome's cmd form escapes with carets. */
function curlCommands(text: string): Command[] {
  const isCmd = /\^["\r\n]/.test(text);
  const words = shellWords(isCmd ? text.replace(/\^\r?\n/g, ' ').replace(/\^([\s\S])/g, '$1') : text);
  const commands: Command[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (/^(?:\S*[\\/])?curl(?:\.exe)?$/.test(word)) {
      if (commands.length === most) break;
      commands.push({ method: undefined, url: undefined, contentType: undefined, body: undefined });
    }
    const command = commands.at(-1);
    if (command && takeOption(command, word, words[index + 1])) index++;
  }
  return commands;
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

/** Splits a command line as a shell does. Adjacent quoted pieces are one word. */
function shellWords(line: string): string[] {
  const pieces =
    /\$'((?:[^'\\]|\\[\s\S])*)'|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\(\r?\n)|\\([\s\S])|([^\s'"\\$]+|\$)|(\s+)|['"\\]/g;
  const words: string[] = [];
  let word: string | undefined;
  for (const [piece, ansi, single, double, wrap, escaped, plain, space] of line.matchAll(pieces)) {
    if (space !== undefined || wrap !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      if (words.length > 100_000) break;
      continue;
    }
    const quoted = double?.replace(/\\(["\\$`])/g, '$1').replace(/\\\r?\n/g, '');
    word = (word ?? '') + (ansi === undefined ? (single ?? quoted ?? escaped ?? plain ?? piece) : unescaped(ansi));
  }
  return word === undefined ? words : [...words, word];
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' };

/** The escapes of JavaScript's and bash's quoted strings. */
const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([\s\S]))/gi, (_, unicode?: string, hex?: string, one?: string) =>
    one === undefined ? String.fromCharCode(parseInt((unicode ?? hex)!, 16)) : (escapes[one] ?? one),
  );

const literal = String.raw`(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|` + '`((?:[^`\\\\]|\\\\[\\s\\S])*)`)';

function fetchCall(call: string): Command {
  const read = (before: string): string | undefined => {
    const match = new RegExp(`${before}\\s*${literal}`, 'i').exec(call);
    const text = match?.[1] ?? match?.[2] ?? match?.[3];
    return text === undefined ? undefined : unescaped(text);
  };
  return {
    url: read('^'),
    method: read(`\\bmethod["']?\\s*:`),
    contentType: read(`content-type["']?\\s*:`),
    body: read(`\\bbody["']?\\s*:`),
  };
}

/** A backtick escapes, and a doubled quote is a quote. */
function powerShellCommand(command: string): Command {
  const read = (option: string): string | undefined => {
    const before = `-${option}\\s+(?:\\(?\\[System\\.Text\\.Encoding\\]::\\w+\\.GetBytes\\(\\s*)?`;
    const match = new RegExp(`${before}(?:"((?:[^"\`]|\`[\\s\\S]|"")*)"|'((?:[^']|'')*)')`, 'i').exec(command);
    return match?.[1]?.replace(/`([\s\S])/g, '$1').replaceAll('""', '"') ?? match?.[2]?.replaceAll("''", "'");
  };
  return { url: read('Uri'), method: read('Method'), contentType: read('ContentType'), body: read('Body') };
}
