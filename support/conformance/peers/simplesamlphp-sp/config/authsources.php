<?php
/**
 * The one service provider. A signature is always needed, of the response or of the assertion.
 * Unsolicited responses are accepted: this version has no setting against it, and treats a response
 * that names an unknown request as one.
 */
$config = ['default-sp' => [
    'saml:SP',
    'entityID' => getenv('PEER_BASE') . '/module.php/saml/sp/metadata.php/default-sp',
    'idp' => getenv('IDP_ENTITY_ID'),
    // Encrypted assertions can be read; by default they need not be encrypted.
    'privatekey' => 'sp.key',
    'certificate' => 'sp.crt',
    // A transient name by default; here people are known by their address.
    'NameIDPolicy' => ['Format' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', 'AllowCreate' => true],
    // Where a sign-in ends that the identity provider began. Unset by default: then RelayState says where.
    'RelayState' => getenv('PEER_BASE') . '/secure',
]];
