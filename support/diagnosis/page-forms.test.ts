/** A form in a page is read as a browser reads it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formsIn } from './page-forms.ts';

const fields = [['SAMLResponse', 'a+b=']];
const form = (inside: string, attributes = ' method="post" action="https://sp.example/acs?a=1&amp;b=2"'): string =>
  `<html><form${attributes}>${inside}</form>`;
const input = '<input type="hidden" name="SAMLResponse" value="a&#x2b;b&#61;">';

const rows: Readonly<Record<string, [page: string, found: [url: string | undefined, fields: string[][]][]]>> = {
  'a form': [form(input), [['https://sp.example/acs?a=1&b=2', fields]]],
  'upper case and other quotes': [
    `<FORM ACTION='https://sp.example/acs'><INPUT NAME=SAMLResponse VALUE='a+b='>`,
    [['https://sp.example/acs', fields]],
  ],
  'a “>” in a value, and a value before the name': [
    form('<input value="a>b" title=">" name="RelayState"><input value="a+b=" name="SAMLResponse">'),
    [
      [
        'https://sp.example/acs?a=1&b=2',
        [
          ['RelayState', 'a>b'],
          ['SAMLResponse', 'a+b='],
        ],
      ],
    ],
  ],
  'a textarea': [
    form('<textarea name="SAMLResponse">\na&#43;b=</textarea>'),
    [['https://sp.example/acs?a=1&b=2', fields]],
  ],
  'a relative action': [form(input, ' action="/acs"'), [[undefined, fields]]],
  'no action': [form(input, ''), [[undefined, fields]]],
  'no form': [input, [[undefined, fields]]],
  'a comment and a script': [`<!-- ${form(input)} --><script>"${input}"</script>`, []],
  'a template': [`<template>${form(input)}</template>`, []],
  'another form beside it': [
    `${form('<input name="q" value="SAMLResponse">')}${form(input)}`,
    [['https://sp.example/acs?a=1&b=2', fields]],
  ],
  'a page without SAML': [form('<input name="q">'), []],
  'a form at the end of a long page': [
    `${'<p>x</p>'.repeat(100_000)}${form(input)}`,
    [['https://sp.example/acs?a=1&b=2', fields]],
  ],
};
for (const [name, [page, found]] of Object.entries(rows))
  test(name, () =>
    assert.deepEqual(
      formsIn(page, 'the page').map(({ url, fields: read }) => [url, read]),
      found,
    ),
  );
