package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sign-ins at the application, with correct and with faulty responses of the identity provider. */
class SignInTest {
  static Idp idp;
  static App app;

  /** Your application: tell it the identity provider's metadata URL, and the identity provider its URLs. */
  @BeforeAll
  static void start() throws Exception {
    idp = new Idp();
    app = new App(idp.metadataUrl);
    idp.call("PUT", "apps", "{\"entityId\": \"%s\", \"acs\": [\"%s\"]}".formatted(app.entityId(), app.acs()));
  }

  @AfterAll
  static void stop() {
    app.close();
    idp.close();
  }

  @BeforeEach
  void correctResponses() throws Exception {
    idp.send();
  }

  @Test
  void samSignsIn() throws Exception {
    assertEquals("Welcome, sam@acme.example", idp.signIn(app.url + "/login", "sam"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "an assertion with a different Audience",
    "an assertion that expired 10 minutes ago",
    "a corrupted SignatureValue",
    "an unsigned response with an unsigned assertion"
  })
  void theApplicationRejects(String fault) throws Exception {
    idp.send(fault);
    String page = idp.signIn(app.url + "/login", "sam");
    assertTrue(page.startsWith("Sign-in failed"), "accepted " + fault + ": " + page);
    assertEquals(List.of(fault), idp.struck());
  }
}
