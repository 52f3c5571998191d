# A service provider for the stand, made of ruby-saml and WEBrick. It adds no checks but for a name and a request.
require 'cgi'
require 'securerandom'
require 'webrick'
require 'onelogin/ruby-saml'

PORT = Integer(ENV.fetch('PORT'))
BASE = "http://127.0.0.1:#{PORT}"
KEYS = "#{ENV.fetch('RUN_DIR')}/keys"
$stderr.sync = true

settings = OneLogin::RubySaml::IdpMetadataParser.new.parse(File.read(ENV.fetch('IDP_METADATA')))
# Settings without a default.
settings.sp_entity_id = "#{BASE}/metadata"
settings.assertion_consumer_service_url = "#{BASE}/acs"
# None by default. Here, users are identified by their email.
settings.name_identifier_format = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
# None by default: an encrypted assertion is then rejected.
settings.certificate = File.read("#{KEYS}/sp.crt")
settings.private_key = File.read("#{KEYS}/sp.key")
# Defaults, as in most deployments:
# - want_assertions_signed is off: one of both signatures is enough.
# - allowed_clock_drift is 0.
# - AuthnRequests are not signed.

# ruby-saml publishes a certificate for encryption only if it demands encryption; it decrypts all the same.
published = settings.dup
published.security = settings.security.merge(want_assertions_encrypted: true)
metadata = OneLogin::RubySaml::Metadata.new.generate(published)

# By browser cookie: the request that waits for a response, and the user. ruby-saml leaves both to the application.
waiting = {}
signed_in = {}

browser_of = ->(request) { request.cookies.find { |one| one.name == 'ruby_saml_peer' }&.value }
page = lambda do |response, status, line|
  response.status = status
  response.content_type = 'text/html; charset=utf-8'
  response.body = "<!doctype html><html lang=\"en\"><title>ruby-saml</title><p>#{CGI.escapeHTML(line)}</p></html>\n"
end
# The cookie has no SameSite, since the identity provider posts back from another site. A deployment says SameSite=None
# and Secure, but a Secure cookie would be lost over plain http.
redirect = lambda do |response, location, browser|
  response.status = 303
  response['Location'] = location
  response['Set-Cookie'] = "ruby_saml_peer=#{browser}; Path=/; HttpOnly"
end

server = WEBrick::HTTPServer.new(
  BindAddress: '127.0.0.1', Port: PORT, AccessLog: [], Logger: WEBrick::Log.new($stderr, WEBrick::Log::WARN),
)
trap('TERM') { server.shutdown }

server.mount_proc('/') do |request, response|
  if request.path == '/'
    user = signed_in[browser_of.(request)]
    page.(response, 200, user.nil? ? 'Not signed in.' : "Signed in as: “#{user}”")
  else
    page.(response, 404, 'There is no such page.')
  end
end

server.mount_proc('/metadata') do |_request, response|
  response.content_type = 'application/samlmetadata+xml'
  response.body = metadata
end

server.mount_proc('/login') do |request, response|
  browser = browser_of.(request) || SecureRandom.hex(32)
  authn_request = OneLogin::RubySaml::Authrequest.new
  location = authn_request.create(settings, RelayState: '/')
  waiting[browser] = authn_request.uuid
  redirect.(response, location, browser)
end

server.mount_proc('/acs') do |request, response|
  browser = browser_of.(request)
  raise 'this browser has no request that waits for a response' unless waiting.key?(browser)
  saml = OneLogin::RubySaml::Response.new(
    request.query['SAMLResponse'], settings: settings, matches_request_id: waiting[browser],
  )
  raise saml.errors.join('; ') unless saml.is_valid?
  raise 'the name is empty' if saml.name_id.to_s.strip.empty?
  warn "signed in: #{saml.name_id} by response #{saml.response_id}"
  waiting.delete(browser)
  fresh = SecureRandom.hex(32)
  signed_in[fresh] = saml.name_id
  # RelayState is ignored: a signed-in user always gets the same page.
  redirect.(response, "#{BASE}/", fresh)
rescue StandardError => error
  warn "rejected: #{error.class}: #{error.message}"
  page.(response, 403, "Rejected: #{error.message}")
end

server.start
