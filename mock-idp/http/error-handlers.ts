/** The not-found page and the error pages. They never show internal details. */
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { RequestRefused } from '../sign-in/incoming.ts';
import { note, recordError, type State, type Tenant } from '../tenants/state.ts';
import { Notice, type NoticeText, noticeFor } from './notice.ts';
import { noticePage } from './pages.ts';
import { sendPage } from './send-page.ts';

export const notFound =
  ({ tenants }: State): RequestHandler =>
  (request) => {
    const tenant = tenants.get(request.path.split('/')[1] ?? '');
    throw new Notice({
      title: 'Not found',
      status: 404,
      sentences: ['This page does not exist.', 'Check the address.'],
      links: tenant ? [{ href: `/${tenant.name}`, text: `Go to the portal of ${tenant.displayName}` }] : [],
    });
  };

export const showError =
  (state: State): ErrorRequestHandler =>
  async (error: unknown, request, response, _next) => {
    if (response.headersSent) return void response.socket?.destroy();
    const tenant = response.locals.tenant as Tenant | undefined;
    const notice = noticeFor(error, tenant);
    if (!notice) recordError(state, { method: request.method, path: request.path, error });
    if (tenant && error instanceof RequestRefused)
      note(tenant, 'request-refused', { code: error.code, sentence: error.message });
    await sendPage(
      response,
      noticePage({
        ...(notice ?? internalError),
        organization: tenant?.displayName,
        product: tenant?.persona?.name,
      }),
    );
  };

const internalError: NoticeText = {
  title: 'Something went wrong',
  status: 500,
  sentences: [
    'The identity provider had an internal error.',
    'Try again. Your administrator can find the details in the error log.',
  ],
};
