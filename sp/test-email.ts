/** The email that asks a user to test SSO, sent by SMTP. */
import { html } from 'hono/html';
import { createTransport } from 'nodemailer';

export interface Invitation {
  to: { name: string; address: string };
  askedBy: { name: string; address: string };
  organization: string;
  link: string;
  expiresAt: Date;
}

export interface Mailer extends Disposable {
  /** Throws MailError with the mail server's reply. */
  invite(invitation: Invitation): Promise<void>;
}

/** The mail server is unreachable, or rejected the email. */
export class MailError extends Error {
  readonly code: 'unreachable' | 'rejected';
  constructor(code: MailError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function openMailer(smtpUrl: string): Mailer {
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  const transport = createTransport({
    host: hostname,
    port: Number(port || (protocol === 'smtps:' ? 465 : 25)),
    secure: protocol === 'smtps:',
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async invite(invitation) {
      try {
        await transport.sendMail({
          from: { name: 'Single sign-on test', address: 'no-reply@sp.localhost' },
          to: invitation.to,
          subject: `${invitation.askedBy.name} asks you to test single sign-on for ${invitation.organization}`,
          text: textOf(invitation),
          html: String(await htmlOf(invitation)),
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        throw mailError(error as Error & { response?: string });
      }
    },
    [Symbol.dispose]: () => transport.close(),
  };
}

const mailError = (cause: Error & { response?: string }): MailError =>
  cause.response
    ? new MailError('rejected', `The mail server rejected the email: ${cause.response}`, { cause })
    : new MailError('unreachable', `The mail server could not be reached (${cause.message}).`, { cause });

const until = (date: Date): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' }).format(date);

const textOf = ({ to, askedBy, organization, link, expiresAt }: Invitation): string => `Hello ${to.name},

${askedBy.name} (${askedBy.address}) is setting up single sign-on for ${organization} ${request}

Open this link, enter your email and sign in with your work account:

${link}

${consequences} ${askedBy.name} what you saw.
The link is valid until ${until(expiresAt)} (UTC).

If you do not know ${askedBy.name}, ignore this email.
`;

const htmlOf = ({ to, askedBy, organization, link, expiresAt }: Invitation): unknown => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>Test single sign-on for ${organization}</title></head>
<body style="font-family: system-ui, sans-serif; line-height: 1.5; max-width: 36rem; margin: 0 auto; padding: 1.5rem">
<p>Hello ${to.name},</p>
<p><strong>${askedBy.name}</strong> (${askedBy.address}) is setting up single sign-on for
<strong>${organization}</strong> ${request}</p>
<p>Open the link, enter your email and sign in with your work account:</p>
<p><a href="${link}" style="${buttonStyle}">Test single sign-on</a></p>
<p style="font-size: .875rem">Or copy this URL into your browser:<br><a href="${link}"
style="color: inherit; overflow-wrap: anywhere; word-break: break-all">${link}</a></p>
<p style="font-size: .875rem">${consequences} ${askedBy.name} what you saw.
The link is valid until ${until(expiresAt)} (UTC). If you do not know ${askedBy.name}, ignore this email.</p>
</body></html>`;

const request = 'and asks you to test it before it is enforced.';
const consequences =
  'The link signs you out here in this browser first. If the test fails, you can still sign in as before: just tell';
const buttonStyle =
  'display: inline-block; padding: .7rem 1.4rem; border-radius: .3rem; ' +
  'background: #0b5cad; color: #ffffff; text-decoration: none';
