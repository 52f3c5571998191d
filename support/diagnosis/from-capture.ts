/** Settings that a capture tells: what the AuthnRequest says of the SP, and where the browser sent the response. */
import type { Expectation } from '../../sp/saml/judgement.ts';
import type { ConnectionSettings } from './connection-options.ts';
import type { FromCapture } from './diagnosis.ts';
import type { CapturedRequest, CapturedResponse } from './messages.ts';

interface Context {
  settings: ConnectionSettings;
  requests: ReadonlyMap<string, CapturedRequest>;
  /** The request that the response belongs to, if captured. */
  request: CapturedRequest | undefined;
}

/** Options come first. */
export function settingsFromCapture(
  { sentTo }: CapturedResponse,
  { settings: { sp }, requests, request }: Context,
): { sp: Expectation['sp']; fromCapture: FromCapture[] } {
  const asked = request ?? onlySp(requests);
  const inRequest = asked === undefined ? '' : ` of the request in ${asked.where}`;
  const { entityId, acsUrl } = asked?.sp ?? {};
  const stated: (FromCapture | undefined)[] = [
    entityId === undefined ? undefined : { option: 'sp-entity-id', value: entityId, source: `Issuer${inRequest}` },
    acsUrl !== undefined
      ? { option: 'acs', value: acsUrl, source: `AssertionConsumerServiceURL${inRequest}` }
      : sentTo === undefined
        ? undefined
        : { option: 'acs', value: sentTo, source: 'the URL to which the browser sent the response' },
  ];
  const fromCapture = stated
    .filter((one) => one !== undefined)
    .filter(({ option }) => (option === 'acs' ? sp.acsUrl : sp.entityId) === undefined);
  const values = fromCapture.map(({ option, value }) => [option === 'acs' ? 'acsUrl' : 'entityId', value]);
  return { sp: { ...sp, ...Object.fromEntries(values) }, fromCapture };
}

/** A request of the capture, if all of them are the same SP's. */
function onlySp(requests: ReadonlyMap<string, CapturedRequest>): CapturedRequest | undefined {
  const [first, ...others] = requests.values();
  const isSame = (one: CapturedRequest): boolean =>
    one.sp?.entityId === first?.sp?.entityId && one.sp?.acsUrl === first?.sp?.acsUrl;
  return others.every(isSame) ? first : undefined;
}
