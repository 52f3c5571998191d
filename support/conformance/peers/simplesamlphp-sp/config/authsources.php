<?php
/**
 * The service provider. The response or the assertion must be signed.
 * Unsolicited responses are accepted: this version has no setting against them, and treats a response to an unknown
 * request as unsolicited.
 */
$config = ['default-sp' => [
    'saml:SP',
    'entityID' => getenv('PEER_BASE') . '/module.php/saml/sp/metadata.php/default-sp',
    'idp' => getenv('IDP_ENTITY_ID'),
    // Encrypted assertions are supported; by default they are not required.
    'privatekey' => 'sp.key',
    'certificate' => 'sp.crt',
    // Default: transient. Here, users are identified by their email.
    'NameIDPolicy' => ['Format' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', 'AllowCreate' => true],
    // The page after an IdP-initiated sign-in. Default: unset, so RelayState decides.
    'RelayState' => getenv('PEER_BASE') . '/secure',
]];
