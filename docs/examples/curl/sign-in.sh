#!/bin/sh
# Signs Sam in at your application with curl: once with a correct response, once with a fault.
# LOGIN is the URL at which a sign-in starts in your application. Start the identity provider first:
#
#   npx sso-rehearsal idp --metadata https://your-app.example/saml/metadata --control-token "$TOKEN"
set -eu
: "${LOGIN:?the URL at which a sign-in starts}" "${TOKEN:?the control token}" "${IDP:=http://localhost:4000}"
cookies=$(mktemp)
trap 'rm -f "$cookies"' EXIT

# The faults of the next responses, as a JSON list of phrases; [] for correct responses.
send() {
  curl --silent --show-error --fail-with-body --output /dev/null --request PUT "$IDP/control/tenants/acme/faults" \
    --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' --data "$1"
}

# The value of a field on a page.
field() { printf '%s' "$1" | sed -n "s/.*name=\"$2\" value=\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# From your login page to the identity provider and back. Prints the last page.
sign_in() {
  : >"$cookies"
  page=$(curl --silent --show-error --location --cookie-jar "$cookies" --cookie "$cookies" "$LOGIN")
  page=$(curl --silent --show-error --cookie-jar "$cookies" --cookie "$cookies" "$IDP/acme/login" \
    --data-urlencode "transaction=$(field "$page" transaction)" \
    --data-urlencode 'username=sam' --data-urlencode 'password=sam at the idp')
  action=$(printf '%s' "$page" | sed -n 's/.*<form method="post" action="\([^"]*\)".*/\1/p' | sed 's/&amp;/\&/g')
  curl --silent --show-error --location --cookie-jar "$cookies" --cookie "$cookies" "$action" \
    --data-urlencode "SAMLResponse=$(field "$page" SAMLResponse)" \
    --data-urlencode "RelayState=$(field "$page" RelayState)"
}

# expect WORDS PAGE WHAT: the page contains these words.
failed=0
expect() {
  case $2 in
  *"$1"*) echo "ok: $3" ;;
  *) echo "FAILED: $3: expected “$1”, received: $2" && failed=1 ;;
  esac
}

# The words that your application shows.
send '[]'
expect 'Welcome, sam@acme.example' "$(sign_in)" 'Sam signs in'
send '["an assertion with a different Audience"]'
expect 'different Audience' "$(sign_in)" 'an assertion with a different Audience is rejected'
exit $failed
