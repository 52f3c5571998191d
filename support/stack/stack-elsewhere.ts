/** The stack that runs elsewhere, named by the environment; probed before the first scenario. */
import { z } from 'zod';
import { type Control, ControlError, control, Unreachable } from './control.ts';
import { browserOnlyRules } from './hosts.ts';
import { request } from './http.ts';
import { openMailbox } from './mail-source.ts';
import { NotReady } from './not-ready.ts';

export interface StackElsewhere {
  spUrl: string;
  idpUrl: string;
  /** Of MailHog, Mailpit, or the mailbox of our image. */
  mailUrl: string;
  token: string;
}

const variables = ['SP_URL', 'IDP_URL', 'MAILHOG_URL', 'CONTROL_TOKEN'] as const;

/** Undefined if the environment names no stack. Throws NotReady with the variables that are missing or wrong. */
export function stackElsewhere(env: NodeJS.ProcessEnv): StackElsewhere | undefined {
  const missing = variables.filter((name) => !env[name]);
  if (missing.length === 4 || (missing.length === 3 && env.MAILHOG_URL)) return undefined;
  if (missing.length > 0)
    throw new NotReady(`A stack that runs elsewhere needs ${listed(variables)}. Missing: ${missing.join(', ')}.`);
  return {
    spUrl: originIn(env, 'SP_URL'),
    idpUrl: originIn(env, 'IDP_URL'),
    mailUrl: env.MAILHOG_URL!,
    token: env.CONTROL_TOKEN!,
  };
}

const listed = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

function originIn(env: NodeJS.ProcessEnv, name: (typeof variables)[number]): string {
  const url = URL.parse(env[name]!);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.origin;
  throw new NotReady(`${name} must be an http or https URL, not “${env[name]}”.`);
}

/** Throws NotReady with the first problem, in one sentence, and what to do. */
export async function probeStack(env: NodeJS.ProcessEnv): Promise<void> {
  const stack = stackElsewhere(env);
  if (stack === undefined) return;
  for (const probed of [
    { variable: 'SP_URL', url: stack.spUrl, part: 'service provider', resource: 'organizations' },
    { variable: 'IDP_URL', url: stack.idpUrl, part: 'identity provider', resource: 'tenants' },
  ] satisfies Probed[]) {
    probeHost(probed, env);
    await probeControl(probed, control(probed.url, stack.token));
    await probeOrigin(probed);
  }
  const mailbox = await openMailbox({ api: stack.mailUrl }).catch((cause: Error) => {
    throw new NotReady(`MAILHOG_URL names no mailbox that can be read: ${cause.message}.`, { cause });
  });
  await mailbox[Symbol.asyncDispose]();
}

interface Probed {
  variable: string;
  url: string;
  part: string;
  /** In the paths of its control routes only. */
  resource: string;
}

function probeHost({ variable, url }: Probed, env: NodeJS.ProcessEnv): void {
  const { hostname } = new URL(url);
  const [rule] = browserOnlyRules(hostname, env);
  if (rule !== undefined)
    throw new NotReady(
      `HOST_RESOLVER_RULES has “${rule}” for the host in ${variable}, which only the browser follows, as it has a ` +
        `port. Set HOSTS=${hostname}=ADDRESS instead, for browser and HTTP requests alike.`,
    );
}

async function probeControl(probed: Probed, { get }: Control): Promise<void> {
  let routes: unknown;
  try {
    routes = await get('/routes');
  } catch (error) {
    throw new NotReady(whyNoControl(probed, error), { cause: error });
  }
  if (!JSON.stringify(routes).includes(`"/control/${probed.resource}/`)) throw new NotReady(notOurs(probed));
}

function whyNoControl(probed: Probed, error: unknown): string {
  const { variable, url, part } = probed;
  if (error instanceof Unreachable)
    return (
      `${variable} is ${url}, and nothing responds there. Start the stack, as with docker compose up --wait, ` +
      `or unset ${listed(variables)} to use one in this process.`
    );
  const status = error instanceof ControlError ? error.status : undefined;
  if (status === 401) return `CONTROL_TOKEN is not the control token of the ${part} at ${url}. Set the token it has.`;
  if (status === 404)
    return `The ${part} at ${url} has no control routes. Start it with the CONTROL_TOKEN that this run has.`;
  if (status === 421) return `The ${part} at ${url} does not accept this host name. Set ${variable} to its public URL.`;
  return notOurs(probed);
}

const notOurs = ({ variable, url, part }: Probed): string =>
  `${variable} is ${url}, and no ${part} of this project responds there. Correct ${variable}.`;

const health = z.object({ url: z.url() });

/** SAML messages and cookies name the public URL, so under another name every comparison fails. */
async function probeOrigin({ variable, url, part }: Probed): Promise<void> {
  const reply = await request(`${url}/healthz`);
  const { data } = health.safeParse(await reply.json().catch(() => undefined));
  if (data === undefined || new URL(data.url).origin === url) return;
  const own = new URL(data.url).origin;
  throw new NotReady(
    `${variable} is ${url}, but the ${part} there has the public URL ${own}, which is in every SAML message. ` +
      `Set ${variable}=${own}.`,
  );
}
