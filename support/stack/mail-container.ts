/** MailHog or Mailpit in Testcontainers, as the mailbox of our own service provider. */
import { openMailbox } from './mail-source.ts';
import type { MailServer } from './mailbox.ts';
import { NotReady } from './not-ready.ts';

interface Image {
  name: string;
  /** A path that responds once it is ready. */
  ready: string;
}

/** Their images can be replaced by MAILHOG_IMAGE and MAILPIT_IMAGE. */
const images = {
  mailhog: { name: 'mailhog/mailhog:v1.0.1', ready: '/' },
  mailpit: { name: 'axllent/mailpit:v1.27.11', ready: '/readyz' },
} as const satisfies Record<string, Image>;

export type MailContainer = keyof typeof images;

/** The one named in MAILBOX; undefined for the built-in mailbox. Throws NotReady with the choices. */
export function mailContainerIn({ MAILBOX }: NodeJS.ProcessEnv): MailContainer | undefined {
  if (!MAILBOX) return undefined;
  if (Object.hasOwn(images, MAILBOX)) return MAILBOX as MailContainer;
  throw new NotReady(
    `Unknown mailbox “${MAILBOX}” in MAILBOX. Use ${Object.keys(images).join(' or ')}, ` +
      'or leave it unset for the built-in mailbox.',
  );
}

export async function startMailContainer(which: MailContainer): Promise<MailServer> {
  const { name, ready } = images[which];
  const image = process.env[`${which.toUpperCase()}_IMAGE`] ?? name;
  const { GenericContainer, Wait } = await import('testcontainers');
  try {
    const container = await new GenericContainer(image)
      .withExposedPorts(1025, 8025)
      .withWaitStrategy(Wait.forHttp(ready, 8025))
      .start();
    const at = (port: number): string => `${container.getHost()}:${container.getMappedPort(port)}`;
    return {
      ...(await openMailbox({ api: `http://${at(8025)}` })),
      smtpUrl: `smtp://${at(1025)}`,
      [Symbol.asyncDispose]: async () => void (await container.stop()),
    };
  } catch (error) {
    throw new NotReady(
      `MAILBOX=${which} needs a container engine and the image ${image}: ${(error as Error).message}. ` +
        'Start Docker, or leave MAILBOX unset to use the built-in mailbox.',
      { cause: error },
    );
  }
}
