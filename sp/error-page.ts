/** Errors that a visitor may cause, and the page or JSON that says what is wrong and what is allowed. An unexpected one shows a reference only. */
import type { ErrorRequestHandler, Response } from 'express';
import { html } from 'hono/html';
import { z } from 'zod';
import { machineTime } from './clock.ts';
import { alert, send } from './pages/layout.ts';
import { newReference } from './secret.ts';
import type { ServiceProvider } from './service-provider.ts';

/** Something that the visitor did wrong: the title and sentence are shown. */
export class Refused extends Error {
  readonly status: number;
  readonly title: string;
  constructor(status: number, title: string, message: string) {
    super(message);
    this.status = status;
    this.title = title;
  }
}

/** Where each part of the input is wrong, and what is allowed there. */
export function explain(error: z.ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.length === 0 ? 'input' : issue.path.join('.')}: ${issue.message}`)
    .join('; ');
}

const maxErrors = 200;

/** Leads to the Console, or to the sign-in. */
const onwards = html`<p><a href="/">To the start</a></p>`;

export const errorPage =
  (sp: ServiceProvider): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof Refused)
      return void send(
        response,
        { title: error.title, body: html`${alert(error.message)}${onwards}` },
        { status: error.status },
      );
    const status = statusOf(error);
    if (status !== undefined) return void badRequest(response, status, error as Error);
    const reference = newReference();
    sp.errors.push({
      at: new Date(machineTime()).toISOString(),
      reference,
      route: `${request.method} ${request.path}`,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    if (sp.errors.length > maxErrors) sp.errors.shift();
    return void send(
      response,
      {
        title: 'Something went wrong',
        body: html`<p>This is our fault. If it happens again, tell your administrator the reference <strong>${reference}</strong>.</p>${onwards}`,
      },
      { status: 500 },
    );
  };

/** Errors that express and its parsers raise about a request carry a 4xx status. */
function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | undefined)?.status;
  if (error instanceof z.ZodError || error instanceof URIError) return 400;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

const badRequest = (response: Response, status: number, error: Error): Promise<void> =>
  send(
    response,
    {
      title: 'This request cannot be read',
      body: html`${alert(error instanceof z.ZodError ? explain(error) : status === 413 ? 'It is too large.' : 'Something in it is malformed.')}${onwards}`,
    },
    { status },
  );
