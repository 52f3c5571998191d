/** The page for a failed request: what is wrong with it or, if the error is ours, a reference number. */
import type { ErrorRequestHandler, Request, Response } from 'express';
import { html } from 'hono/html';
import { z } from 'zod';
import { bounded } from './bounded-text.ts';
import { machineTime } from './clock.ts';
import { PageError } from './page-error.ts';
import { alert, send } from './pages/layout.ts';
import { newReference } from './secret.ts';
import type { ServiceProvider } from './service-provider.ts';

/** The path of each invalid part of the input, and its error. */
export function explain(error: z.ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.length === 0 ? 'input' : issue.path.join('.')}: ${issue.message}`)
    .join('; ');
}

const maxErrors = 200;

export function recordError(
  { errors }: ServiceProvider,
  { error, request, reference }: { error: unknown; request: Request; reference: string },
): void {
  errors.push({
    at: new Date(machineTime()).toISOString(),
    reference,
    route: bounded(`${request.method} ${request.path}`, 500),
    message: bounded(error instanceof Error ? (error.stack ?? error.message) : String(error), 10_000),
  });
  if (errors.length > maxErrors) errors.shift();
}

/** Leads to the Console or to the login page. */
const startLink = html`<p><a href="/">Back to the start page</a></p>`;

export const errorPage =
  (sp: ServiceProvider): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof PageError) return void sendProblem(response, error);
    const status = statusOf(error);
    if (status !== undefined)
      return void sendProblem(response, {
        status,
        title: 'Invalid request',
        message: whyUnreadable(error, status),
      });
    const reference = newReference();
    recordError(sp, { error, request, reference });
    return void sendReference(response, reference);
  };

/** The 4xx status with which Express and its parsers reject a request; otherwise undefined. */
function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | undefined)?.status;
  if (error instanceof z.ZodError || error instanceof URIError) return 400;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function whyUnreadable(error: unknown, status: number): string {
  if (error instanceof z.ZodError) return explain(error);
  if ((error as { type?: unknown }).type === 'parameters.too.many') return 'The form has too many fields.';
  const { length, limit } = error as { length?: number; limit?: number };
  if (status !== 413) return 'The request is malformed.';
  if (length === undefined || limit === undefined) return 'The request is too large.';
  return `The request is too large. It has ${kilobytes(length)} kB; at most ${kilobytes(limit)} kB can be sent here.`;
}

const kilobytes = (octets: number): string => Math.ceil(octets / 1024).toLocaleString('en');

const sendProblem = (
  response: Response,
  { status, title, message }: { status: number; title: string; message: string },
): Promise<void> => send(response, { title, body: html`${alert(message)}${startLink}` }, { status });

const sendReference = (response: Response, reference: string): Promise<void> =>
  send(
    response,
    {
      title: 'Something went wrong',
      body: html`<p>This is an error of the service provider. If it happens again, tell your administrator the reference
<strong>${reference}</strong>.</p>${startLink}`,
    },
    { status: 500 },
  );
