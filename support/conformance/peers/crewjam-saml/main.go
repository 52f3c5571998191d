// A service provider with crewjam/saml and its middleware samlsp, for the conformance test, as in the README.
package main

import (
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"html"
	"log"
	"net/http"
	"net/url"
	"os"

	"github.com/crewjam/saml"
	"github.com/crewjam/saml/samlsp"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	address := "127.0.0.1:" + os.Getenv("PORT")
	keys := os.Getenv("RUN_DIR") + "/keys/sp"
	pair := must(tls.LoadX509KeyPair(keys+".crt", keys+".key"))
	middleware := must(samlsp.New(samlsp.Options{
		URL:         *must(url.Parse("http://" + address)),
		Key:         pair.PrivateKey.(*rsa.PrivateKey),
		Certificate: pair.Leaf,
		IDPMetadata: must(samlsp.ParseMetadata(must(os.ReadFile(os.Getenv("IDP_METADATA"))))),
		// Off by default, although the profile requires signed logout messages, as the README says.
		SignLogout: true,
		// Defaults, as in the README: no cache of used assertions (the cookie of the request allows one response),
		// conditions that the package does not know are ignored, and IdP-initiated sign-in is rejected.
	}))
	// Default: transient. The users have email addresses.
	middleware.ServiceProvider.AuthnNameIDFormat = saml.EmailAddressNameIDFormat
	middleware.OnError = showRejection

	http.Handle("/saml/", middleware)
	http.HandleFunc("/logout", middleware.HandleStartLogout)
	http.Handle("/login", middleware.RequireAccount(http.RedirectHandler("/", http.StatusFound)))
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		session, err := middleware.Session.GetSession(r)
		if err != nil || session == nil {
			showPage(w, "Not signed in.")
			return
		}
		// The session is in a cookie, so what this page shows is what the log has of it.
		user := session.(samlsp.JWTSessionClaims).Subject
		log.Printf("signed in: %q", user)
		showPage(w, "Signed in as: “"+user+"”")
	})
	log.Fatal(http.ListenAndServe(address, nil))
}

func showRejection(w http.ResponseWriter, _ *http.Request, err error) {
	var invalid *saml.InvalidResponseError
	if errors.As(err, &invalid) {
		err = invalid.PrivateErr
	}
	log.Printf("rejected: %v", err)
	w.WriteHeader(http.StatusForbidden)
	showPage(w, "Rejected: "+err.Error())
}

func showPage(w http.ResponseWriter, line string) {
	fmt.Fprintf(w, `<!doctype html><html lang="en"><meta charset="utf-8"><title>crewjam/saml</title>
<body><p>%s</p></body></html>
`, html.EscapeString(line))
}
