/** The parts of k6's modules that the script uses. k6 brings them; nothing of it is installed or bundled here. */

declare module 'k6' {
  export function sleep(seconds: number): void;
}

declare module 'k6/http' {
  interface Reply {
    status: number;
    body: string | null;
    headers: Readonly<Record<string, string>>;
    error: string;
    error_code: number;
    timings: { duration: number; blocked: number; connecting: number; tls_handshaking: number };
  }
  class CookieJar {
    cookiesForURL(url: string): Readonly<Record<string, readonly string[]>>;
    set(url: string, name: string, value: string): void;
  }
  interface Http {
    CookieJar: typeof CookieJar;
    request(method: string, url: string, body: string | null, params: object): Reply;
  }
  const http: Http;
  export default http;
}

declare module 'k6/execution' {
  const exec: {
    scenario: { iterationInTest: number };
    vu: { metrics: { metadata: Record<string, string | undefined> } };
    test: { abort(reason: string): void };
  };
  export default exec;
}

declare module 'k6/metrics' {
  type Tags = Readonly<Record<string, string>>;
  export class Trend {
    constructor(name: string, isTime: boolean);
    add(value: number, tags: Tags): void;
  }
  export class Counter {
    constructor(name: string);
    add(value: number, tags: Tags): void;
  }
  export class Rate {
    constructor(name: string);
    add(value: number | boolean, tags: Tags): void;
  }
}
