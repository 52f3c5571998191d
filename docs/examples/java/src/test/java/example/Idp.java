package example;

import java.io.BufferedReader;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tenant acme of `npx sso-rehearsal idp`, with the users sam and ada. */
final class Idp implements AutoCloseable {
  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final String control;
  private final String token;
  final String metadataUrl;

  Idp() throws Exception {
    process = new ProcessBuilder("node_modules/.bin/sso-rehearsal", "idp", "--port", "0").redirectErrorStream(true).start();
    BufferedReader lines = process.inputReader();
    StringBuilder output = new StringBuilder();
    for (String line = lines.readLine(); line != null && !line.equals("Ready"); line = lines.readLine())
      output.append(line).append('\n');
    metadataUrl = find("Metadata +(\\S+)", output);
    token = find("Control token: (\\S+)", output);
    control = metadataUrl.replace("/acme/metadata", "/control/tenants/acme/");
  }

  /** Calls a control route with a JSON body, which may be empty, and returns the JSON of the reply. */
  String call(String method, String path, String json) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(control + path))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofString(json))
        .build();
    HttpResponse<String> reply = client.send(request, BodyHandlers.ofString());
    if (reply.statusCode() >= 300) throw new AssertionError(method + " " + path + ": " + reply.body());
    return reply.body();
  }

  /** The faults of the next responses; without any, responses are correct. */
  void send(String... faults) throws Exception {
    String list = Arrays.stream(faults).map(fault -> '"' + fault + '"').collect(Collectors.joining(","));
    call("PUT", "faults", "[" + list + "]");
  }

  /** The faults that were really in a response. */
  List<String> struck() throws Exception {
    Matcher faults = Pattern.compile("\"phrase\":\"([^\"]*)\"[^}]*\"struck\":[1-9]").matcher(call("GET", "faults", ""));
    return faults.results().map(fault -> fault.group(1)).toList();
  }

  /** From your login page to the identity provider and back, as a browser would go. Returns the last page. */
  String signIn(String loginUrl, String username) throws Exception {
    HttpClient browser =
        HttpClient.newBuilder().cookieHandler(new CookieManager()).followRedirects(HttpClient.Redirect.NORMAL).build();
    Form login = new Form(browser.send(HttpRequest.newBuilder(URI.create(loginUrl)).build(), BodyHandlers.ofString()));
    login.fields.putAll(Map.of("username", username, "password", username + " at the idp"));
    return new Form(login.post(browser)).post(browser).body();
  }

  /** The first form of a page. */
  private static final class Form {
    final URI action;
    final Map<String, String> fields = new TreeMap<>();

    Form(HttpResponse<String> page) {
      String form = page.body().split("</form>")[0];
      action = page.uri().resolve(unescaped(find("<form [^>]*action=\"([^\"]*)\"", form)));
      Matcher hidden = Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"").matcher(form);
      for (MatchResult field : hidden.results().toList()) fields.put(field.group(1), unescaped(field.group(2)));
    }

    HttpResponse<String> post(HttpClient browser) throws Exception {
      String body = fields.entrySet().stream()
          .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
          .collect(Collectors.joining("&"));
      HttpRequest request = HttpRequest.newBuilder(action)
          .header("Content-Type", "application/x-www-form-urlencoded")
          .POST(BodyPublishers.ofString(body))
          .build();
      return browser.send(request, BodyHandlers.ofString());
    }
  }

  private static String unescaped(String html) {
    return html.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&amp;", "&");
  }

  private static String find(String pattern, CharSequence text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) throw new AssertionError("no " + pattern + " in: " + text);
    return matcher.group(1);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
