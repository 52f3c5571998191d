/** The pages for what does not exist and for errors; none shows the inside of an error. */
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
      sentences: ['There is no such page here.', 'Please check the address.'],
      links: tenant ? [{ href: `/${tenant.name}`, text: `To the portal of ${tenant.displayName}` }] : [],
    });
  };

export const showError =
  (state: State): ErrorRequestHandler =>
  async (error: unknown, request, response, _next) => {
    if (response.headersSent) return void response.socket?.destroy();
    const tenant = response.locals.tenant as Tenant | undefined;
    const notice = noticeFor(error);
    if (!notice) recordError(state, { method: request.method, path: request.path, error });
    if (tenant && error instanceof RequestRefused)
      note(tenant, 'request-refused', { code: error.code, sentence: error.message });
    await sendPage(response, noticePage({ ...(notice ?? ourMistake), organization: tenant?.displayName }));
  };

const ourMistake: NoticeText = {
  title: 'Something went wrong',
  status: 500,
  sentences: [
    'This identity provider made a mistake.',
    'Please try again; your administrator can find the details in its error log.',
  ],
};
