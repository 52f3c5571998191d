// A portal with crewjam/saml. It fetches the metadata of its identity provider before each step of a sign-in.
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"html"
	"log"
	"math/big"
	"net/http"
	"net/url"
	"time"

	"github.com/crewjam/saml"
	"github.com/crewjam/saml/samlsp"
)

const idpMetadata = "http://127.0.0.1:8490/acme/metadata"

var portal = url.URL{Scheme: "http", Host: "127.0.0.1:8505"}

func main() {
	key, certificate := must2(newKey())
	sp := must(samlsp.New(samlsp.Options{
		URL: portal, Key: key, Certificate: certificate, IDPMetadata: &saml.EntityDescriptor{},
		AllowIDPInitiated: true, DefaultRedirectURI: "/",
	}))
	sp.ServiceProvider.AuthnNameIDFormat = saml.EmailAddressNameIDFormat
	sp.OnError = func(w http.ResponseWriter, _ *http.Request, err error) {
		if invalid, ok := err.(*saml.InvalidResponseError); ok {
			err = invalid.PrivateErr
		}
		log.Print(err)
		w.WriteHeader(http.StatusForbidden)
		page(w, `<p role="alert">Sign-in failed. `+html.EscapeString(err.Error())+"</p>")
	}
	http.Handle("/saml/", upToDate(sp, sp))
	http.Handle("/login", upToDate(sp, sp.RequireAccount(http.RedirectHandler("/", http.StatusFound))))
	http.HandleFunc("/logout", func(w http.ResponseWriter, r *http.Request) {
		_ = sp.Session.DeleteSession(w, r)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		session, err := sp.Session.GetSession(r)
		if err != nil {
			page(w, `<p>You are not signed in.</p><a href="/login">Sign in</a>`)
			return
		}
		name := html.EscapeString(session.(samlsp.JWTSessionClaims).Subject)
		page(w, "<p>Signed in as “"+name+`”.</p><form method="post" action="/logout"><button>Sign out</button></form>`)
	})
	log.Fatal(http.ListenAndServe(portal.Host, nil))
}

// Keeps the last metadata if the identity provider does not respond.
func upToDate(sp *samlsp.Middleware, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		within, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		from := *must(url.Parse(idpMetadata))
		if metadata, err := samlsp.FetchMetadata(within, http.DefaultClient, from); err == nil {
			sp.ServiceProvider.IDPMetadata = metadata
		}
		next.ServeHTTP(w, r)
	})
}

func newKey() (*rsa.PrivateKey, *x509.Certificate, error) {
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "portal"},
		NotBefore: time.Now(), NotAfter: time.Now().AddDate(1, 0, 0),
	}
	bytes := must(x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key))
	certificate, err := x509.ParseCertificate(bytes)
	return key, certificate, err
}

func page(w http.ResponseWriter, content string) {
	fmt.Fprintf(w, "<!doctype html><meta charset=utf-8><title>Portal</title><main><h1>Portal</h1>%s</main>", content)
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func must2[A, B any](one A, other B, err error) (A, B) {
	if err != nil {
		log.Fatal(err)
	}
	return one, other
}
