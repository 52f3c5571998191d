// Sign-ins at the application, with correct and with faulty responses of the identity provider.
package example

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestSignIn(t *testing.T) {
	idp := startIdp(t)
	app := startApp(t, idp)

	t.Run("Sam signs in", func(t *testing.T) {
		idp.send(t)
		if page := idp.signIn(t, app, "sam"); page != "Welcome, sam@acme.example" {
			t.Fatal(page)
		}
	})

	for _, fault := range []string{
		"an assertion with a different Audience",
		"an assertion that expired 10 minutes ago",
		"a corrupted SignatureValue",
		"an unsigned response with an unsigned assertion",
	} {
		t.Run("The application rejects "+fault, func(t *testing.T) {
			idp.send(t, fault)
			if page := idp.signIn(t, app, "sam"); !strings.HasPrefix(page, "Sign-in failed") {
				t.Errorf("accepted %s: %s", fault, page)
			}
			if struck := idp.struck(t); !slices.Equal(struck, []string{fault}) {
				t.Errorf("the response had %q", struck)
			}
		})
	}
}

// Your application: tell it the identity provider's metadata URL, and the identity provider its metadata.
func startApp(t *testing.T, idp *idp) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	handler, err := NewApp(address, idp.metadataURL)
	must(t, err)
	server.Config.Handler = handler
	server.Start()
	t.Cleanup(server.Close)
	reply, err := http.Get(address + "/saml/metadata")
	must(t, err)
	idp.call(t, "PUT", "apps", map[string]string{"metadata": read(t, reply)}, nil)
	return address
}
