/** The stack of a run at a product: the mock IdP with the people of the recipe, and the mailbox of the product. */
import type { Name } from '../catalogue/cast.ts';
import { type IdentityProvider, type IdpSide, type SpSide, Unable } from '../idp/identity-provider.ts';
import { mock } from '../idp/mock.ts';
import type { Control } from '../stack/control.ts';
import { openMailbox } from '../stack/mail-source.ts';
import type { Mailbox } from '../stack/mailbox.ts';
import type { Stack } from '../stack/servers.ts';
import { type IdpState, tenant } from './idp-state.ts';
import type { Product } from './product.ts';

/** The IdP and the mailbox as at the beginning of a run; the product stays as it is. */
export async function startStack(
  { url, recipe: { name, mail } }: Product,
  { state, folder, recipients }: { state: IdpState; folder: string; recipients: readonly string[] },
): Promise<Stack> {
  await using starting = new AsyncDisposableStack();
  const idp = starting.use(await state.start());
  const mailbox = mail === undefined ? undefined : starting.use(await openMailbox(mail, { folder, recipients }));
  const started = starting.move();
  return {
    sp: { url, control: noControl(name) },
    idp,
    mailbox: mailbox ?? noMailbox(name),
    mailProblems: undefined,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** The mock with the people of the recipe. */
export function idpOf(
  stack: Stack,
  { side, idpSide, people }: { side: SpSide; idpSide: IdpSide; people: readonly Name[] },
): IdentityProvider {
  const { control } = stack.idp;
  return {
    ...mock(stack, people),
    async createTenant({ cast }) {
      for (const name of people) {
        const { address, idpPassword, nameId, attributes } = cast[name];
        const user = { password: idpPassword, email: address, nameId, attributes };
        await control.put(`/tenants/${tenant}/users/${encodeURIComponent(address)}`, user);
      }
      return idpSide;
    },
    async registerApp(_rehearsal, _sp, { signedRequests = false } = {}) {
      await control.put(`/tenants/${tenant}/assignments`, { app: side.entityId, users: 'everyone' });
      if (signedRequests) await control.patch(`/tenants/${tenant}`, { wantAuthnRequestsSigned: true });
    },
  };
}

/** The product shows only what a person sees; a scenario that needs more is skipped. */
function noControl(name: string): Control {
  const reject = (): Promise<never> =>
    Promise.reject(new Unable(`${name} cannot be set up or read by control routes: only its pages are played`));
  return { put: reject, post: reject, patch: reject, get: reject, remove: reject };
}

function noMailbox(name: string): Mailbox {
  const reject = (): Promise<never> =>
    Promise.reject(new Unable(`${name} cannot send a test email: its recipe does not say where its mail goes`));
  return { messagesTo: reject, waitFor: reject };
}
