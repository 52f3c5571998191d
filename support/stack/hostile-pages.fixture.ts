/** Hostile pages: short pieces, repeated, that cost a careless parser more than linear time. */

/** Name → the repeated piece, and the text before and after it. */
const pieces: Readonly<Record<string, { piece: string; before?: string; after?: string }>> = {
  'scripts that never begin': { piece: '<script ' },
  'scripts that never end': { piece: '<script>' },
  'less-than signs': { piece: '<' },
  'nested elements': { piece: '<div>' },
  'end tags without start tags': { piece: '</p>' },
  'nested elements with wrong end tags': { piece: '<b></i>' },
  'nested formatting elements': { piece: '<b a=1><b a=2><p>' },
  'nested drawings': { piece: '<svg>' },
  'nested tables': { piece: '<table><tr><td>' },
  'nested forms': { piece: '<form><form action=x>' },
  'nested select lists': { piece: '<select name=a><option>' },
  'fields without an end': { piece: '<textarea name=a>' },
  'nested templates': { piece: '<template>' },
  'buttons in buttons': { piece: '<button name=a>', before: '<form>' },
  'many fields': { piece: '<input name=a value=b>', before: '<form>' },
  'an element with many attributes': { piece: ' a=1 b', before: '<input' },
  ampersands: { piece: '&' },
  'long numbers of characters': { piece: '&#1', after: '1111111' },
  'one long entity': { piece: '1', before: '&#' },
  'comments that never end': { piece: '<!--' },
  declarations: { piece: '<![CDATA[' },
  'quotation marks': { piece: '"\'', before: '<a href=' },
  'white space': { piece: ' \n' },
  'white space and letters': { piece: ' \t x' },
  zeros: { piece: '\0' },
};

export const hostilePages: Readonly<Record<string, (size: number) => string>> = Object.fromEntries(
  Object.entries(pieces).map(([name, { piece, before = '', after = '' }]) => [
    name,
    (size: number): string => `<!doctype html><p>You are <b>Alice</b></p>${before}${piece.repeat(size)}${after}`,
  ]),
);
