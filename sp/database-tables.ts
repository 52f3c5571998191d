/** The database tables, as changes from an empty file to the current format. */

/** Times are milliseconds on the organization's clock. Secrets are stored as SHA-256. */
const tables = `
  CREATE TABLE organizations (
    slug TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    clock_offset_ms INTEGER NOT NULL DEFAULT 0,
    signing_key TEXT,
    signing_certificate TEXT
  ) STRICT;
  CREATE TABLE domains (
    domain TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE
  ) STRICT;
  CREATE TABLE profiles (
    id INTEGER PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name TEXT NOT NULL,
    enforced_revision INTEGER,
    enforced_at INTEGER,
    UNIQUE (organization, name)
  ) STRICT;
  CREATE TABLE revisions (
    profile INTEGER NOT NULL REFERENCES profiles ON DELETE CASCADE,
    number INTEGER NOT NULL,
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (profile, number)
  ) STRICT;
  CREATE TABLE users (
    address TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    administrator INTEGER NOT NULL DEFAULT 0,
    deactivated INTEGER NOT NULL DEFAULT 0,
    profile INTEGER REFERENCES profiles ON DELETE SET NULL,
    recovery_of INTEGER REFERENCES profiles ON DELETE SET NULL
  ) STRICT;
  CREATE INDEX users_by_organization ON users (organization);
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    address TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('password', 'sso', 'recovery')),
    created_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_because TEXT,
    profile INTEGER,
    revision INTEGER,
    response INTEGER,
    name_id TEXT,
    name_id_format TEXT,
    session_index TEXT
  ) STRICT;
  CREATE INDEX sessions_by_address ON sessions (address);
  CREATE TABLE tests (
    id INTEGER PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    profile INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    tester TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    mail_state TEXT NOT NULL DEFAULT 'sending',
    mail_error TEXT,
    opened_at INTEGER,
    went_to_idp_at INTEGER,
    superseded_at INTEGER,
    superseded_because TEXT,
    verdict TEXT,
    verdict_at INTEGER,
    response INTEGER,
    report TEXT,
    mark TEXT,
    marked_at INTEGER,
    marked_by TEXT,
    FOREIGN KEY (profile, revision) REFERENCES revisions ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX tests_by_profile ON tests (profile, revision);
  CREATE TABLE opened_links (
    test INTEGER NOT NULL REFERENCES tests ON DELETE CASCADE,
    browser TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    PRIMARY KEY (test, browser)
  ) STRICT;
  CREATE INDEX opened_links_by_browser ON opened_links (browser);
  CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    profile INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    test INTEGER REFERENCES tests ON DELETE CASCADE,
    browser TEXT NOT NULL,
    address TEXT NOT NULL,
    relay_state TEXT NOT NULL UNIQUE,
    issued_at INTEGER NOT NULL,
    answered_at INTEGER
  ) STRICT;
  CREATE INDEX requests_by_browser ON requests (browser, organization);
  CREATE TABLE assertions (
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    id TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (organization, issuer, id)
  ) STRICT;
  CREATE TABLE responses (
    id INTEGER PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    at INTEGER NOT NULL,
    reference TEXT NOT NULL,
    test INTEGER,
    request TEXT,
    verdict TEXT NOT NULL,
    findings TEXT NOT NULL,
    xml TEXT
  ) STRICT;
  CREATE INDEX responses_by_organization ON responses (organization, id);
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_organization ON audit (organization, id);
  CREATE TABLE wrong_passwords (
    address TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    since INTEGER NOT NULL
  ) STRICT;
`;

/** Without these, every sign-in would read all rows to delete expired ones. */
const indexesByAge = `
  CREATE INDEX requests_by_age ON requests (organization, issued_at);
  CREATE INDEX assertions_by_end ON assertions (organization, until);
`;

/** The browser of a session. Its session cookie is not sent with a response, which another site posts. */
const sessionsByBrowser = `
  ALTER TABLE sessions ADD COLUMN browser TEXT;
  CREATE INDEX sessions_by_browser ON sessions (browser);
`;

/**
 * Limits the size of every record, and counts entries caused by strangers separately. Cuts records of older versions,
 * whose findings could be three megabytes long.
 */
const boundedRecords = `
  ALTER TABLE audit ADD COLUMN kind TEXT NOT NULL DEFAULT 'change';
  UPDATE audit SET kind = 'refusal' WHERE action IN ('password-refused', 'sign-in-refused', 'logout-refused');
  UPDATE audit SET kind = 'use' WHERE action IN ('signed-in', 'signed-out', 'session-closed', 'test-reported');
  UPDATE audit SET detail = json_object('cut', octet_length(detail) || ' octets') WHERE octet_length(detail) > 500000;
  CREATE INDEX audit_by_kind ON audit (organization, kind, id);
  DROP INDEX audit_by_organization;
  UPDATE responses
  SET findings = json_array(json_object('code', verdict, 'received', octet_length(findings) || ' octets of findings'))
  WHERE octet_length(findings) > 500000;
  ALTER TABLE requests ADD COLUMN source TEXT NOT NULL DEFAULT '';
  CREATE INDEX sessions_by_organization ON sessions (organization);
  CREATE INDEX wrong_passwords_by_age ON wrong_passwords (since);
`;

/** A LogoutRequest can be used once, and a LogoutResponse must belong to a request sent through the same browser. */
const logoutMessages = `
  CREATE TABLE logout_requests_used (
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    id TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (organization, issuer, id)
  ) STRICT;
  CREATE TABLE logout_requests_sent (
    id TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    profile INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    browser TEXT NOT NULL,
    issued_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX logout_requests_sent_by_browser ON logout_requests_sent (browser, organization);
`;

/** Counts wrong passwords separately for each known browser and recovery key, and for all unknown browsers. */
const attemptCounters = `
  DROP TABLE wrong_passwords;
  CREATE TABLE wrong_passwords (
    address TEXT NOT NULL,
    browser TEXT NOT NULL,
    failures REAL NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (address, browser)
  ) STRICT;
  CREATE INDEX wrong_passwords_by_age ON wrong_passwords (since);
  CREATE TABLE known_browsers (
    address TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    browser TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (address, browser)
  ) STRICT;
  INSERT INTO known_browsers (address, browser, used_at)
  SELECT address, browser, max(created_at) FROM sessions
  WHERE browser IS NOT NULL AND address IN (SELECT address FROM users) GROUP BY address, browser;
  CREATE TABLE recovery_keys (
    address TEXT PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    hash TEXT NOT NULL,
    made_at INTEGER NOT NULL
  ) STRICT;
`;

/**
 * Allows a recovery administrator for several profiles. A profile without one, which earlier formats could not prevent,
 * gets all active administrators of its organization.
 */
const recoveryAdministrators = `
  CREATE TABLE recovery_administrators (
    profile INTEGER NOT NULL REFERENCES profiles ON DELETE CASCADE,
    address TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (profile, address)
  ) STRICT;
  CREATE INDEX recovery_administrators_by_address ON recovery_administrators (address);
  INSERT INTO recovery_administrators SELECT recovery_of, address FROM users WHERE recovery_of IS NOT NULL;
  INSERT INTO recovery_administrators
    SELECT profiles.id, address FROM profiles JOIN users ON users.organization = profiles.organization
    WHERE enforced_revision IS NOT NULL AND administrator = 1 AND deactivated = 0 AND NOT EXISTS (
      SELECT 1 FROM users AS able WHERE recovery_of = profiles.id AND able.administrator = 1 AND able.deactivated = 0
    )
    ON CONFLICT DO NOTHING;
  ALTER TABLE users DROP COLUMN recovery_of;
`;

/** When the mail server took the test email, which browsers opened its link, and which of them went on to the IdP. */
const testTimeline = `
  ALTER TABLE tests ADD COLUMN mail_at INTEGER;
  ALTER TABLE opened_links ADD COLUMN agent TEXT NOT NULL DEFAULT '';
  ALTER TABLE opened_links ADD COLUMN went_on_at INTEGER;
`;

/** Where the metadata of a profile is fetched from; empty if nowhere. */
const metadataAddresses = `
  ALTER TABLE profiles ADD COLUMN metadata_url TEXT NOT NULL DEFAULT '';
`;

/** The warnings of certificates that are in the audit log, so that each is there once. */
const certificateWarnings = `
  CREATE TABLE certificate_warnings (
    profile INTEGER NOT NULL REFERENCES profiles ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    warning TEXT NOT NULL,
    PRIMARY KEY (profile, fingerprint, warning)
  ) STRICT;
`;

/** The form that asked for a test, so that a double click sends one email. */
const formsOfTests = `
  ALTER TABLE tests ADD COLUMN form TEXT;
`;

/** Never edit a change: append another. Their number is the format of a file. */
export const changes: readonly string[] = [
  tables,
  indexesByAge,
  sessionsByBrowser,
  boundedRecords,
  logoutMessages,
  attemptCounters,
  recoveryAdministrators,
  testTimeline,
  metadataAddresses,
  certificateWarnings,
  formsOfTests,
];
