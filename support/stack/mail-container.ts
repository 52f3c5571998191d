/** MailHog or Mailpit in Testcontainers, as the mailbox of our own service provider. */
import { startContainer } from './containers.ts';
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
  const variable = `${which.toUpperCase()}_IMAGE`;
  const image = process.env[variable] || name;
  const { Wait } = await import('testcontainers');
  const container = await startContainer({
    image,
    need: `MAILBOX=${which}`,
    otherwise: 'leave MAILBOX unset to use the built-in mailbox',
    imageVariable: variable,
    prepare: (one) => one.withExposedPorts(1025, 8025).withWaitStrategy(Wait.forHttp(ready, 8025)),
  });
  try {
    const mailbox = await openMailbox({ api: `http://${container.at(8025)}` });
    return {
      ...mailbox,
      smtpUrl: `smtp://${container.at(1025)}`,
      async [Symbol.asyncDispose]() {
        await mailbox[Symbol.asyncDispose]();
        await container[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await container[Symbol.asyncDispose]();
    throw new NotReady(`MAILBOX=${which}: the image ${image} is not a mailbox: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}
