/** Test fixture: one sign-in as each tool captures it or people copy it. */
import { zip } from './zip.fixture.ts';

export interface Sources {
  har: string;
  xml: string;
  relayState: string;
  acsUrl: string;
}

interface Entry {
  startedDateTime: string;
  request: {
    method: string;
    url: string;
    headers: unknown[];
    queryString: { name: string; value: string }[];
    postData?: { mimeType: string; text?: string; params?: { name: string; value: string }[]; [more: string]: unknown };
  };
  response: { status: number; headers: unknown[]; content: Record<string, unknown>; redirectURL: string };
}

export interface Har {
  log: { version: string; creator: object; entries: Entry[] };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const isPost = ({ request }: Entry): boolean => request.postData?.text?.startsWith('SAMLResponse=') === true;

/** The sign-in with another form of the entry that posts the response. */
export function harWith({ har }: Pick<Sources, 'har'>, change: (post: Entry) => void): string {
  const tree = JSON.parse(har) as Har;
  change(tree.log.entries.find(isPost)!);
  return JSON.stringify(tree);
}

/** In which the response was posted in another tab: only the IdP's page has it. */
const harOfPage = (sources: Sources, content: (page: string) => Record<string, unknown>): string => {
  const tree = JSON.parse(sources.har) as Har;
  const at = tree.log.entries.findIndex(isPost);
  tree.log.entries.splice(at);
  tree.log.entries.at(-1)!.response.content = content(pageOf(sources));
  return JSON.stringify(tree);
};

export const pageOf = ({ xml, relayState, acsUrl }: Sources): string =>
  `<html><body onload="document.forms[0].submit()"><form method="post" action="${acsUrl}">` +
  `<input type=hidden name=SAMLResponse value="${base64(xml).replaceAll('+', '&#x2b;').replaceAll('=', '&#61;')}"/>` +
  `<input type="hidden" name="RelayState" value="${relayState}"/></form></body></html>`;

const wrapped = (text: string, width: number, end = '\n'): string =>
  Array.from({ length: Math.ceil(text.length / width) }, (_, line) =>
    text.slice(line * width, (line + 1) * width),
  ).join(end);

export const formOf = ({ xml, relayState }: Sources): string =>
  `SAMLResponse=${encodeURIComponent(base64(xml))}&RelayState=${encodeURIComponent(relayState)}`;

const quotedPrintable = (text: string): string => wrapped(text.replaceAll('=', '=3D'), 74, '=\r\n');

const rawRequest = (sources: Sources): string =>
  `POST ${new URL(sources.acsUrl).pathname} HTTP/1.1\r\nHost: ${new URL(sources.acsUrl).host}\r\n` +
  `Content-Type: application/x-www-form-urlencoded\r\n\r\n${formOf(sources)}`;

/** As Java prints it: Sun Nov 29 10:00:00 UTC 2026. */
const burpTime = ({ xml }: Sources): string => {
  const at = new Date(/IssueInstant="([^"]*)/.exec(xml)![1]!);
  const [, day, month, year, time] = at.toUTCString().split(' ');
  return `${at.toUTCString().slice(0, 3)} ${month} ${day} ${time} UTC ${year}`;
};

const burp = (sources: Sources, isBase64: boolean): string => {
  const request = rawRequest(sources);
  return (
    '<?xml version="1.0"?>\n<!DOCTYPE items [\n<!ELEMENT items (item*)>\n<!ATTLIST items burpVersion CDATA "">\n]>\n' +
    `<items burpVersion="2026.1" exportTime="now">\n  <item>\n    <time>${burpTime(sources)}</time>\n` +
    `    <url><![CDATA[${sources.acsUrl}]]></url>\n    <method><![CDATA[POST]]></method>\n` +
    `    <request base64="${isBase64}"><![CDATA[${isBase64 ? base64(request) : request}]]></request>\n` +
    '  </item>\n</items>'
  );
};

const acsOf = ({ acsUrl }: Sources): string => acsUrl;

/** Captures with the request: everything but the certificate is in them. */
export const withRequest: Readonly<Record<string, (sources: Sources) => string | Buffer>> = {
  HAR: ({ har }) => har,
  // With the page that submitted the form, and notes on what caused each request.
  'Chrome’s HAR': (sources) => {
    const tree = JSON.parse(sources.har) as Har;
    const post = tree.log.entries.findIndex(isPost);
    tree.log.entries[post - 1]!.response.content = { size: 9, mimeType: 'text/html', text: pageOf(sources) };
    const url = tree.log.entries[post - 1]!.request.url;
    const noted = tree.log.entries.map((entry) => ({
      _initiator: { type: 'script', stack: { callFrames: [{ url: `${url}?SAMLRequest=x&RelayState=y` }] } },
      _priority: 'VeryHigh',
      _resourceType: 'document',
      cache: {},
      connection: '443',
      pageref: 'page_1',
      ...entry,
      timings: { blocked: 1.2, send: 0.1, wait: 3, receive: 1 },
    }));
    const creator = { name: 'WebInspector', version: '537.36' };
    const pages = [{ startedDateTime: noted[0]!.startedDateTime, id: 'page_1', title: url, pageTimings: {} }];
    return JSON.stringify({ log: { version: '1.2', creator, pages, entries: noted } }, null, 2);
  },
  'Firefox’s HAR': (sources) => {
    const tree = JSON.parse(
      harWith(sources, ({ request: { postData } }) =>
        Object.assign(postData!, {
          params: [
            { name: 'SAMLResponse', value: base64(sources.xml) },
            { name: 'RelayState', value: sources.relayState },
          ],
        }),
      ),
    ) as Har;
    const entries = tree.log.entries.map((entry) => ({
      startedDateTime: entry.startedDateTime.replace('Z', '+00:00'),
      request: { bodySize: 1, httpVersion: 'HTTP/1.1', cookies: [], headersSize: 500, ...entry.request },
      response: { httpVersion: 'HTTP/1.1', cookies: [], headersSize: 500, bodySize: 1, ...entry.response },
      cache: {},
      timings: { blocked: 0, dns: 0, connect: 0, ssl: 0, send: 0, wait: 9, receive: 0 },
      time: 9,
      _securityState: 'secure',
      serverIPAddress: '127.0.0.1',
      connection: '443',
      pageref: 'page_1',
    }));
    const creator = { name: 'Firefox', version: '145.0' };
    return JSON.stringify({ log: { version: '1.2', creator, browser: creator, pages: [], entries } });
  },
  'HAR with the body in base64': (sources) =>
    harWith(sources, ({ request: { postData } }) =>
      Object.assign(postData!, { text: base64(formOf(sources)), params: undefined, encoding: 'base64' }),
    ),
  'HAR with decoded params only': (sources) =>
    harWith(sources, ({ request: { postData } }) =>
      Object.assign(postData!, {
        text: undefined,
        params: [
          { name: 'SAMLResponse', value: base64(sources.xml) },
          { name: 'RelayState', value: sources.relayState },
        ],
      }),
    ),
  'HAR with header lines before the body': (sources) =>
    harWith(sources, ({ request: { postData } }) =>
      Object.assign(postData!, {
        text: `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n${formOf(sources)}`,
        params: undefined,
      }),
    ),
  'HAR with another type beside the header': (sources) =>
    harWith(sources, ({ request }) => {
      request.headers = [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }];
      request.postData!.mimeType = 'application/octet-stream';
    }),
  'HAR with only the IdP’s page': (sources) => harOfPage(sources, (text) => ({ mimeType: 'text/html', text })),
  'HAR with only the IdP’s page, in base64': (sources) =>
    harOfPage(sources, (page) => ({ mimeType: 'text/html', encoding: 'base64', text: base64(page) })),
  'HAR in UTF-16 with a byte order mark': ({ har }) => Buffer.from(`\uFEFF${har}`, 'utf16le'),
  'HAR in UTF-16, big-endian': ({ har }) => Buffer.from(`\uFEFF${har}`, 'utf16le').swap16(),
  'HAR in UTF-32': ({ har }) => Buffer.from(Uint32Array.from(`\uFEFF${har}`, (one) => one.codePointAt(0)!).buffer),
  'HAR in UTF-8 with a byte order mark': ({ har }) => `\uFEFF${har}`,
  'zipped HAR': ({ har }) => zip({ 'sign-in.har': har }),
  'Playwright’s HAR as a zip': (sources) =>
    zip({
      'har.har': harWith(sources, ({ request: { postData } }) =>
        Object.assign(postData!, { text: undefined, params: [], _file: 'body.bin' }),
      ),
      'body.bin': formOf(sources),
    }),
  'Playwright’s trace': (sources) => {
    const har = harWith(sources, ({ request: { postData } }) =>
      Object.assign(postData!, { text: undefined, params: [], _sha1: 'c0ffee.bin' }),
    );
    const lines = (JSON.parse(har) as Har).log.entries.map((snapshot) =>
      JSON.stringify({ type: 'resource-snapshot', snapshot }),
    );
    return zip({ 'trace.trace': '{}', '0-trace.network': lines.join('\n'), 'resources/c0ffee.bin': formOf(sources) });
  },
};

/** Captures without the request. */
export const withoutRequest: Readonly<Record<string, (sources: Sources) => string | Buffer>> = {
  'cURL for bash': (sources) =>
    `curl '${acsOf(sources)}' \\\n  -H 'Accept: text/html' \\\n  -H 'Cookie: a=b; c="d"' \\\n` +
    `  -H 'Content-Type: application/x-www-form-urlencoded' \\\n  --data-raw '${formOf(sources)}' \\\n  --compressed`,
  'cURL for bash, ANSI-C quoted': (sources) =>
    `curl -X POST $'${acsOf(sources)}' -d $'${formOf(sources).replaceAll('%', '\\u0025')}' ;`,
  'cURL for cmd': (sources) =>
    `curl ^"${acsOf(sources)}^" ^\r\n  -H ^"Content-Type: application/x-www-form-urlencoded^" ^\r\n` +
    `  --data-raw ^"${formOf(sources).replaceAll('%', '^%').replaceAll('&', '^&')}^"`,
  fetch: (sources) =>
    `fetch("${acsOf(sources)}", {\n  "headers": {\n    "content-type": "application/x-www-form-urlencoded"\n  },\n` +
    `  "body": ${JSON.stringify(formOf(sources))},\n  "method": "POST"\n});`,
  PowerShell: (sources) =>
    '$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n' +
    `Invoke-WebRequest -UseBasicParsing -Uri "${acsOf(sources)}" \`\n-Method "POST" \`\n-WebSession $session \`\n` +
    `-ContentType "application/x-www-form-urlencoded" \`\n-Body "${formOf(sources)}"`,
  'Burp, plain': (sources) => burp(sources, false),
  'Burp in base64': (sources) => burp(sources, true),
  'Fiddler’s archive': (sources) =>
    zip({
      'raw/01_c.txt': 'CONNECT sp.example:443 HTTP/1.1\r\n\r\n',
      'raw/02_c.txt': rawRequest(sources).replace(/^POST \S+/, `POST ${acsOf(sources)}`),
      'raw/02_m.xml': '<Session/>',
    }),
  'raw request': rawRequest,
  'header lines and the form': (sources) => `Host: sp.example\nContent-Length: 1\n\n${formOf(sources)}`,
  'header lines and a form in multipart': ({ xml, relayState }) =>
    'POST /acs HTTP/1.1\r\nHost: sp.example\r\n\r\n--x\r\nContent-Disposition: form-data; name="SAMLResponse"\r\n\r\n' +
    `${base64(xml)}\r\n--x\r\nContent-Disposition: form-data; name="RelayState"\r\n\r\n${relayState}\r\n--x--\r\n`,
  'wrapped form': (sources) => wrapped(formOf(sources), 76),
  'email in quoted-printable': (sources) =>
    'Subject: SSO\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHere it is:\r\n\r\n' +
    quotedPrintable(formOf(sources)),
  'form in quoted-printable, between other lines': (sources) => `See:\r\n${quotedPrintable(formOf(sources))}`,
  'email in base64': (sources) =>
    `Subject: SSO\r\nContent-Transfer-Encoding: base64\r\n\r\n${wrapped(base64(formOf(sources)), 76, '\r\n')}\r\n`,
  'payload pane': (sources) => `SAMLResponse: ${base64(sources.xml)}\nRelayState: ${sources.relayState}\n`,
  'payload pane, encoded': (sources) =>
    `SAMLResponse: ${encodeURIComponent(base64(sources.xml))}\nRelayState: ${encodeURIComponent(sources.relayState)}`,
  'payload pane, one below the other': (sources) =>
    `SAMLResponse\n${base64(sources.xml)}\nRelayState\n${sources.relayState}\n`,
  'Firefox’s parameters': (sources) => `SAMLResponse\t${base64(sources.xml)}\nRelayState\t${sources.relayState}`,
  'event of a cloud function': (sources) =>
    JSON.stringify({ httpMethod: 'POST', isBase64Encoded: true, body: base64(formOf(sources)) }),
  'the IdP’s page': pageOf,
};

/** The message alone. */
export const messageOnly: Readonly<Record<string, (sources: Sources) => string | Buffer>> = {
  XML: ({ xml }) => xml,
  'XML in UTF-16': ({ xml }) => Buffer.from(`\uFEFF${xml}`, 'utf16le'),
  base64: ({ xml }) => base64(xml),
  'wrapped base64': ({ xml }) => wrapped(base64(xml), 64),
  'base64 in quoted-printable': ({ xml }) => wrapped(base64(xml).replaceAll('=', '=3D'), 74, '=\n'),
  'base64 in quotes': ({ xml }) => `"${base64(xml)}"`,
  'percent-encoded base64': ({ xml }) => encodeURIComponent(base64(xml)),
  'base64 in a log': ({ xml }) => `2026-11-28 12:00:00 INFO [http-nio] SAML - Received response: ${base64(xml)}\n`,
  'base64 in a log with brackets': ({ xml }) => `[http-nio-1] DEBUG SAML response: [${base64(xml)}]\n[x] done`,
  'base64 in a log of JSON': ({ xml }) =>
    `{"level":"info","msg":"start"}\n{"level":"debug","msg":"SAMLResponse: ${base64(xml)}"}\n`,
  'XML in a page, escaped': ({ xml }) =>
    `<!DOCTYPE html><title>Error</title><br><pre>${xml.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>`,
  'XML in a log': ({ xml }) => `12:00 DEBUG got ${xml} from the IdP`,
};
