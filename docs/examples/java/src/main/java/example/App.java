package example;

import com.onelogin.saml2.authn.AuthnRequest;
import com.onelogin.saml2.authn.SamlResponse;
import com.onelogin.saml2.http.HttpRequest;
import com.onelogin.saml2.settings.IdPMetadataParser;
import com.onelogin.saml2.settings.Saml2Settings;
import com.onelogin.saml2.settings.SettingsBuilder;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A small service provider, in place of your application: java-saml, and the HTTP server of the JDK. SAML_STRICT=false
 * turns off the checks of java-saml, a mistake that the tests find.
 */
public final class App implements AutoCloseable {
  private final HttpServer server;
  private final Saml2Settings settings;
  public final String url;

  public App(String idpMetadataUrl) throws Exception {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    url = "http://127.0.0.1:" + server.getAddress().getPort();
    Map<String, Object> values = new HashMap<>(IdPMetadataParser.parseRemoteXML(new URL(idpMetadataUrl)));
    values.put("onelogin.saml2.strict", !"false".equals(System.getenv("SAML_STRICT")));
    values.put("onelogin.saml2.sp.entityid", entityId());
    values.put("onelogin.saml2.sp.assertion_consumer_service.url", acs());
    settings = new SettingsBuilder().fromValues(values).build();
    server.createContext("/login", this::login);
    server.createContext("/saml/acs", this::consume);
    server.start();
  }

  public String entityId() {
    return url + "/saml/metadata";
  }

  public String acs() {
    return url + "/saml/acs";
  }

  private void login(HttpExchange exchange) throws IOException {
    String request = new AuthnRequest(settings).getEncodedAuthnRequest();
    String query = "SAMLRequest=" + URLEncoder.encode(request, StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Location", settings.getIdpSingleSignOnServiceUrl() + "?" + query);
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void consume(HttpExchange exchange) throws IOException {
    HttpRequest request = new HttpRequest(acs());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    for (String field : body.split("&")) {
      String[] parts = field.split("=", 2);
      request = request.addParameter(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    try {
      SamlResponse response = new SamlResponse(settings, request);
      if (response.isValid()) reply(exchange, 200, "Welcome, " + response.getNameId());
      else reply(exchange, 403, "Sign-in failed: " + response.getError());
    } catch (Exception error) {
      reply(exchange, 403, "Sign-in failed: " + error.getMessage());
    }
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
