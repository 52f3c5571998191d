/** A held response, sent edited with new or old signatures, or unchanged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'cheerio';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor } from '../stack/visitor.ts';
import { labForTests } from './lab.fixture.ts';
import { latestResponse, post, sendTest } from './rehearse.fixture.ts';

const lab = await labForTests();

const page = (path = '/next-response'): Promise<Visit> => createVisitor().visit(new URL(path, lab.url));

/** Sam signs in while the response is held. Returns where Sam's browser ends after the lab has sent it. */
async function edit(change: (xml: string) => string, { resign = false, how = 'edited' } = {}): Promise<Visit> {
  await post(lab, '/next-response/hold', [['hold', 'yes']]);
  const sam = createVisitor();
  const waits = await signInScripted({
    spUrl: lab.rehearsal.stack.sp.url,
    person: lab.rehearsal.cast.Sam,
    visitor: sam,
    startAt: await sendTest(lab),
  });
  assert.match(waits.text, /held for inspection/);
  assert.equal(waits.headers.get('refresh'), '2');
  const form = (await page()).forms.find(({ fields }) => fields.some(({ name }) => name === 'xml'))!;
  const xml = form.fields.find(({ name }) => name === 'xml')!.value;
  await post(lab, '/next-response/send', [
    ['xml', change(xml).replaceAll('\n', '\r\n')],
    ...(resign ? [['resign', 'yes'] as const] : []),
    ['how', how],
  ]);
  const delivered = await sam.visit(waits.url);
  return sam.submit(delivered.forms[0]!, {}, { from: delivered.url });
}

test('sent unchanged, it lets Sam in', async () => {
  assert.equal(
    (await edit((xml) => xml.replace('Success', 'Nonsense'), { how: 'unchanged' })).url.pathname,
    '/console',
  );
});

test('edited and re-signed, it is judged by its content', async () => {
  await edit((xml) => xml.replaceAll(/<saml:Audience>[^<]*/g, '<saml:Audience>https://elsewhere.example'), {
    resign: true,
  });
  assert.equal((await latestResponse(lab))?.verdict, 'audience-mismatch');
  assert.equal((await edit((xml) => xml.replace('>Sam<', '>Samantha\n<'), { resign: true })).url.pathname, '/console');
});

test('the response is laid out, and sent without the line breaks, so that its signatures stay valid', async () => {
  let text = '';
  const ended = await edit((xml) => {
    text = xml;
    return xml;
  });
  assert.match(text, /\n {2}<saml:Issuer[^\n]*<\/saml:Issuer>\n {2}<ds:Signature/);
  assert.equal(ended.url.pathname, '/console');
  assert.match((await page()).text, /Sent at [\d:]{8} Accepted: every check passed.*Nothing was changed/);
});

test('the page shows what was changed, before and after it is sent, with the verdict', async () => {
  await post(lab, '/next-response/hold', [['hold', 'yes']]);
  const startAt = await sendTest(lab);
  const sam = createVisitor();
  const { stack, cast } = lab.rehearsal;
  const waits = await signInScripted({ spUrl: stack.sp.url, person: cast.Sam, visitor: sam, startAt });
  const [form] = (await page()).forms.filter(({ fields }) => fields.some(({ name }) => name === 'xml'));
  const xml = form!.fields.find(({ name }) => name === 'xml')!.value;
  const changed = xml.replace('>sam@acme.example</saml:NameID>', '>sam@elsewhere.example</saml:NameID>');
  const send = (how: string): Promise<Visit> =>
    post(lab, '/next-response/send', [
      ['xml', changed],
      ['resign', 'yes'],
      ['how', how],
    ]);
  const difference = /What you changed.*− *<saml:NameID[^+]*>sam@acme\.example<.*\+ *<saml:NameID[^+]*>sam@elsewhere/;
  const compared = await send('compare');
  assert.match(compared.text, difference);
  assert.ok(
    compared.forms.some(({ fields }) => fields.some(({ value }) => value === changed)),
    'nothing typed is lost',
  );
  const near = load(compared.body)('.difference').text();
  assert.doesNotMatch(near, /saml:Audience>/, 'only what is near a change is shown');
  await send('edited');
  assert.match((await page()).text, /It is on its way/);
  const delivered = await sam.visit(waits.url);
  await sam.submit(delivered.forms[0]!, {}, { from: delivered.url });
  const after = await page();
  assert.match(after.text, difference);
  assert.match(after.text, /Rejected: \S+.*Every signature was replaced/);
});

test('edited with the old signatures, it is rejected as altered', async () => {
  await edit((xml) => xml.replaceAll(/<saml:Audience>[^<]*/g, '<saml:Audience>https://elsewhere.example'));
  assert.equal((await latestResponse(lab))?.verdict, 'altered-in-transit');
});

test('only one response is held, and none after holding was stopped', async () => {
  assert.match((await page()).text, /Responses are sent immediately/);
  await post(lab, '/next-response/hold', [['hold', 'yes']]);
  assert.match((await page()).text, /will be held/);
  await post(lab, '/next-response/hold');
  const {
    stack: { sp },
    cast: { Sam },
  } = lab.rehearsal;
  assert.equal(
    (await signInScripted({ spUrl: sp.url, person: Sam, startAt: await sendTest(lab) })).url.pathname,
    '/console',
  );
});

test('malformed XML is not signed, and the response stays held', async () => {
  await post(lab, '/next-response/hold', [['hold', 'yes']]);
  await signInScripted({
    spUrl: lab.rehearsal.stack.sp.url,
    person: lab.rehearsal.cast.Sam,
    startAt: await sendTest(lab),
  });
  const rejected = await post(lab, '/next-response/send', [
    ['xml', '<half'],
    ['resign', 'yes'],
    ['how', 'edited'],
  ]);
  assert.match(rejected.text, /Nothing was sent: .*not well-formed/);
  assert.equal(
    rejected.forms.flatMap(({ fields }) => fields).find(({ name }) => name === 'xml')?.value,
    '<half',
    'the typed text is still there',
  );
  assert.match((await page()).text, /Held since/);
});
