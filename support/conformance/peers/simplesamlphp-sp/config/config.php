<?php
/**
 * SimpleSAMLphp as a service provider for the stand. Everything else is the product's default, above all:
 * 180 seconds of clock skew for the assertion, and no validation by the schema (debug.validatexml).
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
    // A deployment says true; over plain http the cookie would be lost.
    'session.cookie.secure' => false,
    // "phpsession" by default. Only with a real store does SimpleSAMLphp remember the assertions that it has accepted,
    // and reject a replay.
    'store.type' => 'sql',
    'store.sql.dsn' => "sqlite:$run/data/store.sqlite",
    // The default: no redirects to other hosts.
    'trusted.url.domains' => [],
    'metadata.sources' => [['type' => 'xml', 'file' => getenv('IDP_METADATA')]],
];
