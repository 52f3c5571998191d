// Starts the mock identity provider, and signs users in without a browser.
package example

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// The tenant acme of `npx sso-rehearsal idp`, with the users sam and ada.
type idp struct {
	metadataURL, ssoURL, control, token string
}

func startIdp(t *testing.T) *idp {
	t.Helper()
	command := exec.Command("node_modules/.bin/sso-rehearsal", "idp", "--port", "0")
	output, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	})
	var printed strings.Builder
	for lines := bufio.NewScanner(output); lines.Scan() && lines.Text() != "Ready"; {
		printed.WriteString(lines.Text() + "\n")
	}
	metadataURL := find(t, `Metadata +(\S+)`, printed.String())
	return &idp{
		metadataURL: metadataURL,
		ssoURL:      find(t, `Sign-in URL +(\S+)`, printed.String()),
		control:     strings.Replace(metadataURL, "/acme/metadata", "/control/tenants/acme/", 1),
		token:       find(t, `Control token: (\S+)`, printed.String()),
	}
}

// Call calls a control route, and decodes the reply into result unless that is nil.
func (i *idp) call(t *testing.T, method, path string, body, result any) {
	t.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		must(t, err)
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, i.control+path, content)
	must(t, err)
	request.Header.Set("Authorization", "Bearer "+i.token)
	request.Header.Set("Content-Type", "application/json")
	reply, err := http.DefaultClient.Do(request)
	must(t, err)
	replied := read(t, reply)
	if reply.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, replied)
	}
	if result != nil {
		must(t, json.Unmarshal([]byte(replied), result))
	}
}

// Send sets the faults of the next responses; without any, responses are correct.
func (i *idp) send(t *testing.T, faults ...string) {
	t.Helper()
	i.call(t, "PUT", "faults", append([]string{}, faults...), nil)
}

// Struck lists the faults that were really in a response.
func (i *idp) struck(t *testing.T) (phrases []string) {
	t.Helper()
	var faults []struct {
		Phrase string
		Struck int
	}
	i.call(t, "GET", "faults", nil, &faults)
	for _, fault := range faults {
		if fault.Struck > 0 {
			phrases = append(phrases, fault.Phrase)
		}
	}
	return phrases
}

// SignIn goes from your login page to the identity provider and back, as a browser would. It returns the last page.
func (i *idp) signIn(t *testing.T, loginURL, username string) string {
	t.Helper()
	cookies, err := cookiejar.New(nil)
	must(t, err)
	browser := &http.Client{Jar: cookies, CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(next.URL.String(), i.ssoURL) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page, err := browser.Get(loginURL)
	must(t, err)
	var form struct {
		Action string
		Fields [][2]string
	}
	body := map[string]string{"username": username, "request": page.Header.Get("Location")}
	i.call(t, "POST", "sign-ins", body, &form)
	fields := url.Values{}
	for _, field := range form.Fields {
		fields.Add(field[0], field[1])
	}
	last, err := browser.PostForm(form.Action, fields)
	must(t, err)
	return read(t, last)
}

func find(t *testing.T, pattern, text string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in: %s", pattern, text)
	}
	return found[1]
}

func read(t *testing.T, reply *http.Response) string {
	t.Helper()
	defer reply.Body.Close()
	content, err := io.ReadAll(reply.Body)
	must(t, err)
	return string(content)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(fmt.Errorf("unexpected: %w", err))
	}
}
