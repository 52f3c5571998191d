<?php
/**
 * SimpleSAMLphp as a service provider for the conformance test. Everything else is the product's default, including
 * 180 seconds of clock skew for the assertion, and no schema validation (debug.validatexml).
 */
$run = getenv('RUN_DIR');
$config = [
    'baseurlpath' => getenv('PEER_BASE') . '/',
    'certdir' => "$run/keys/",
    'loggingdir' => "$run/",
    'datadir' => "$run/data/",
    'tempdir' => "$run/tmp",
    'cachedir' => "$run/tmp",
    'logging.handler' => 'file',
    'logging.logfile' => 'simplesamlphp.log',
    'logging.level' => SimpleSAML\Logger::INFO,
    'errorreporting' => false,
    'showerrors' => true,
    'technicalcontact_email' => 'admin@localhost',
    'timezone' => 'UTC',
    'secretsalt' => trim(file_get_contents("$run/keys/salt")),
    'auth.adminpassword' => trim(file_get_contents("$run/keys/salt")),
    'admin.protectindexpage' => true,
    'language.default' => 'en',
    'language.available' => ['en'],
    'theme.use' => 'default',
    'module.enable' => ['core' => true, 'saml' => true],
    // Production needs true, but over plain http browsers would drop the cookie.
    'session.cookie.secure' => false,
    // Default: "phpsession". Only with a persistent store does SimpleSAMLphp remember accepted assertions and reject
    // replays.
    'store.type' => 'sql',
    'store.sql.dsn' => "sqlite:$run/data/store.sqlite",
    // The default: no redirects to other hosts.
    'trusted.url.domains' => [],
    'metadata.sources' => [['type' => 'xml', 'file' => getenv('IDP_METADATA')]],
];
