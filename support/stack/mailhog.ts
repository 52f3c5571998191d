/** MailHog's mailbox, read by its own client. MailHog has no event for a new email, so this one polls. */
import { setTimeout as pause } from 'node:timers/promises';
import createClient from 'mailhog';
import type { Mailbox, MailServer } from './mailbox.ts';
import type { Message } from './message.ts';

/** `url` is MailHog's HTTP API. */
export function mailhogMailbox(url: string): Mailbox {
  const { protocol, hostname, port } = new URL(url);
  const client = createClient({ protocol, host: hostname, port: Number(port || 8025), basePath: '/api' });
  const messagesTo = async (address: string): Promise<readonly Message[]> => {
    const found = await client.search(address, 'to', 0, 200);
    // It returns the newest first, with times only to the second.
    return (found?.items ?? [])
      .toReversed()
      .map((hog) => toMessage(hog, address))
      .toSorted((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime());
  };
  return {
    messagesTo,
    async waitFor(address, { count = 1, withinMs = 20_000 } = {}) {
      const deadline = AbortSignal.timeout(withinMs);
      for (;;) {
        const message = (await messagesTo(address))[count - 1];
        if (message) return message;
        await pause(100, undefined, { signal: deadline }).catch(() => {
          throw new Error(`email ${count} to ${address} did not arrive at MailHog (${url}) within ${withinMs} ms`);
        });
      }
    },
  };
}

type Hog = NonNullable<Awaited<ReturnType<ReturnType<typeof createClient>['search']>>>['items'][number];

const toMessage = (hog: Hog, to: string): Message => ({
  from: hog.from ?? '',
  to,
  subject: hog.subject ?? '',
  text: hog.text ?? '',
  html: hog.html ?? '',
  receivedAt: hog.date ?? new Date(0),
});

/** MailHog in Testcontainers, from the image in MAILHOG_IMAGE. */
export async function startMailhogContainer({
  image = process.env.MAILHOG_IMAGE ?? 'mailhog/mailhog:v1.0.1',
}: {
  image?: string;
} = {}): Promise<MailServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  try {
    const container = await new GenericContainer(image)
      .withExposedPorts(1025, 8025)
      .withWaitStrategy(Wait.forHttp('/', 8025))
      .start();
    const at = (port: number): string => `${container.getHost()}:${container.getMappedPort(port)}`;
    return {
      ...mailhogMailbox(`http://${at(8025)}`),
      smtpUrl: `smtp://${at(1025)}`,
      [Symbol.asyncDispose]: async () => void (await container.stop()),
    };
  } catch (error) {
    throw new Error(
      `MAILBOX=mailhog needs a container engine and the image ${image}: ${(error as Error).message}. ` +
        'Start Docker, or leave MAILBOX unset to use the built-in mailbox.',
      { cause: error },
    );
  }
}
