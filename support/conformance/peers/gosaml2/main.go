// A service provider with gosaml2, for the conformance test, as in its s2example/demo.go.
package main

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"

	saml2 "github.com/russellhaering/gosaml2"
	"github.com/russellhaering/gosaml2/types"
	dsig "github.com/russellhaering/goxmldsig"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// newServiceProvider has the settings of the example, and a few more.
func newServiceProvider(base string) *saml2.SAMLServiceProvider {
	var idp types.EntityDescriptor
	if err := xml.Unmarshal(must(os.ReadFile(os.Getenv("IDP_METADATA"))), &idp); err != nil {
		panic(err)
	}
	var trusted dsig.MemoryX509CertificateStore
	for _, key := range idp.IDPSSODescriptor.KeyDescriptors {
		for _, one := range key.KeyInfo.X509Data.X509Certificates {
			der := must(base64.StdEncoding.DecodeString(strings.Join(strings.Fields(one.Data), "")))
			trusted.Roots = append(trusted.Roots, must(x509.ParseCertificate(der)))
		}
	}
	var signOn string
	for _, one := range idp.IDPSSODescriptor.SingleSignOnServices {
		if one.Binding == saml2.BindingHttpRedirect {
			signOn = one.Location
		}
	}
	keys := os.Getenv("RUN_DIR") + "/keys/sp"
	return &saml2.SAMLServiceProvider{
		IdentityProviderSSOURL:      signOn,
		IdentityProviderIssuer:      idp.EntityID,
		ServiceProviderIssuer:       base + "/metadata",
		AssertionConsumerServiceURL: base + "/acs",
		AudienceURI:                 base + "/metadata",
		IDPCertificateStore:         &trusted,
		SPKeyStore:                  dsig.TLSCertKeyStore(must(tls.LoadX509KeyPair(keys+".crt", keys+".key"))),
		SignAuthnRequests:           true,
		// Unlike the example: by default, no format is requested, and the users have email addresses.
		NameIdFormat: saml2.NameIdFormatEmailAddress,
		// Unlike the example: by default, an assertion without attributes is rejected.
		AllowMissingAttributes: true,
	}
}

// A browser has one pending request and one user; both names are in memory.
type session struct{ request, user string }

type sessions struct {
	lock sync.Mutex
	all  map[string]session
}

const cookieName = "gosaml2_peer"

func (known *sessions) of(r *http.Request) session {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return session{}
	}
	known.lock.Lock()
	defer known.lock.Unlock()
	return known.all[cookie.Value]
}

// start gives the browser a new session. No SameSite: another site posts the response.
func (known *sessions) start(w http.ResponseWriter, of session) {
	id := rand.Text()
	known.lock.Lock()
	defer known.lock.Unlock()
	known.all[id] = of
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: id, Path: "/", HttpOnly: true})
}

// The library leaves it to the application to compare InResponseTo with the ID of the request.
func userIn(sp *saml2.SAMLServiceProvider, response, request string) (string, error) {
	info, err := sp.RetrieveAssertionInfo(response)
	switch {
	case err != nil:
		return "", err
	case info.WarningInfo.InvalidTime:
		return "", errors.New("the assertion is not valid now")
	case info.WarningInfo.NotInAudience:
		return "", errors.New("the assertion has another audience")
	case request == "" || info.Assertions[0].Subject.SubjectConfirmation.SubjectConfirmationData.InResponseTo != request:
		return "", errors.New("the response belongs to another request")
	case strings.TrimSpace(info.NameID) == "":
		return "", errors.New("the assertion names no user")
	}
	return info.NameID, nil
}

func main() {
	address := "127.0.0.1:" + os.Getenv("PORT")
	sp := newServiceProvider("http://" + address)
	known := &sessions{all: map[string]session{}}

	http.HandleFunc("/metadata", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/samlmetadata+xml")
		w.Write(must(xml.Marshal(must(sp.Metadata()))))
	})
	http.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		request := must(sp.BuildAuthRequestDocument())
		known.start(w, session{request: request.Root().SelectAttrValue("ID", "")})
		http.Redirect(w, r, must(sp.BuildAuthURLFromDocument("", request)), http.StatusFound)
	})
	http.HandleFunc("/acs", func(w http.ResponseWriter, r *http.Request) {
		user, err := userIn(sp, r.PostFormValue("SAMLResponse"), known.of(r).request)
		if err != nil {
			log.Printf("rejected: %v", err)
			w.WriteHeader(http.StatusForbidden)
			showPage(w, "Rejected: "+err.Error())
			return
		}
		log.Printf("signed in: %q", user)
		known.start(w, session{user: user})
		http.Redirect(w, r, "/", http.StatusFound)
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if user := known.of(r).user; user != "" {
			showPage(w, "Signed in as: “"+user+"”")
			return
		}
		showPage(w, "Not signed in.")
	})
	log.Fatal(http.ListenAndServe(address, nil))
}

func showPage(w http.ResponseWriter, line string) {
	fmt.Fprintf(w, `<!doctype html><html lang="en"><meta charset="utf-8"><title>gosaml2</title>
<body><p>%s</p></body></html>
`, html.EscapeString(line))
}
