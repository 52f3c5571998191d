// A small service provider, in place of your application: crewjam/saml.
// SAML_AUDIENCE=any turns off its check of the Audience, a mistake that the tests find.
package example

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/crewjam/saml"
	"github.com/crewjam/saml/samlsp"
)

// NewApp returns the application at this URL, which trusts the identity provider with this metadata.
func NewApp(appURL, idpMetadataURL string) (http.Handler, error) {
	root, err := url.Parse(appURL)
	if err != nil {
		return nil, err
	}
	from, err := url.Parse(idpMetadataURL)
	if err != nil {
		return nil, err
	}
	metadata, err := samlsp.FetchMetadata(context.Background(), http.DefaultClient, *from)
	if err != nil {
		return nil, err
	}
	key, certificate, err := newKey()
	if err != nil {
		return nil, err
	}
	sp, err := samlsp.New(samlsp.Options{URL: *root, Key: key, Certificate: certificate, IDPMetadata: metadata})
	if err != nil {
		return nil, err
	}
	sp.ServiceProvider.AuthnNameIDFormat = saml.EmailAddressNameIDFormat
	if os.Getenv("SAML_AUDIENCE") == "any" {
		sp.ServiceProvider.ValidateAudienceRestriction = func(*saml.Assertion) error { return nil }
	}
	sp.OnError = func(w http.ResponseWriter, _ *http.Request, err error) {
		if invalid, ok := err.(*saml.InvalidResponseError); ok {
			err = invalid.PrivateErr
		}
		http.Error(w, "Sign-in failed: "+err.Error(), http.StatusForbidden)
	}
	routes := http.NewServeMux()
	routes.Handle("/saml/", sp)
	routes.Handle("/", sp.RequireAccount(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "Welcome, ", samlsp.SessionFromContext(r.Context()).(samlsp.JWTSessionClaims).Subject)
	})))
	return routes, nil
}

func newKey() (*rsa.PrivateKey, *x509.Certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "app"},
		NotBefore: time.Now(), NotAfter: time.Now().AddDate(1, 0, 0),
	}
	bytes, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(bytes)
	return key, certificate, err
}
