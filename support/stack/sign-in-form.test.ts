/** The described fields of a sign-in form are found as a person finds them, and no others are filled in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillSignInForm, type SignInForm } from './sign-in-form.ts';
import { readVisit } from './visit.ts';

const credentials = { username: 'sam@acme.example', password: 'secret' };

function fill(html: string, description: SignInForm) {
  const headers = new Headers({ 'content-type': 'text/html' });
  const page = readVisit({ url: new URL('http://idp.example/login'), status: 200, headers, body: html });
  const filled = fillSignInForm(page, description, credentials);
  return filled && { values: filled.values, button: filled.button, action: filled.form.action.pathname };
}

const byLabel = { username: 'User name', password: 'Password', button: 'Sign in' };

test('by label: for, around the field, or aria-label', () => {
  for (const html of [
    '<form action="/in"><label for="u">User  name</label><input id="u" name="u"><label for="p">Password</label>' +
      '<input type="password" id="p" name="p"></form>',
    '<form action="/in"><label>User name <input name="u"></label><label>Password <input name="p"></label></form>',
    '<form action="/in"><input name="u" aria-label="User name"><input name="p" aria-label="Password"></form>',
  ])
    assert.deepEqual(fill(html, byLabel), {
      values: { u: 'sam@acme.example', p: 'secret' },
      button: 'Sign in',
      action: '/in',
    });
});

test('by placeholder or name, if a field has no label', () => {
  const html =
    '<form><input name="q"></form><form action="/in"><input name="user" placeholder="Login">' +
    '<input name="password" type="password"></form>';
  assert.deepEqual(
    fill(html, { username: { placeholder: 'Login' }, password: { name: 'password' }, button: 'Connect' }),
    { values: { user: 'sam@acme.example', password: 'secret' }, button: 'Connect', action: '/in' },
  );
});

test('in a form without a password, only the user name is filled in', () => {
  const html =
    '<form action="/in"><label for="n">Subject NameID</label><input id="n" name="n">' +
    '<input name="email" value="x@y"></form>';
  assert.deepEqual(fill(html, { username: 'Subject NameID', button: 'Sign in' }), {
    values: { n: 'sam@acme.example' },
    button: 'Sign in',
    action: '/in',
  });
});

test('on two pages, each gets what it asks for', () => {
  const twoPages = { ...byLabel, next: 'Next' };
  assert.deepEqual(fill('<form><label>User name <input name="u"></label></form>', twoPages)?.button, 'Next');
  assert.deepEqual(fill('<form><label>Password <input name="p"></label></form>', twoPages), {
    values: { p: 'secret' },
    button: 'Sign in',
    action: '/login',
  });
});

test('a page without the described fields is not the sign-in form', () => {
  assert.equal(fill('<form><label>Password again <input name="p"></label></form>', byLabel), undefined);
  assert.equal(fill('<p>User name</p>', byLabel), undefined);
});
