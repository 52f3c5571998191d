<?php
/**
 * SimpleSAMLphp for a rehearsal: everything that changes from run to run is in the folder REHEARSAL_RUN.
 * It listens on loopback over http, which is wrong in production.
 */
$run = getenv('REHEARSAL_RUN');
$config = [
    'baseurlpath' => 'http://' . $_SERVER['HTTP_HOST'] . '/',
    'certdir' => "$run/keys/",
    'loggingdir' => "$run/",
    'datadir' => "$run/data/",
    'tempdir' => "$run/tmp",
    'cachedir' => "$run/tmp",
    'logging.handler' => 'file',
    'logging.logfile' => 'simplesamlphp.log',
    'showerrors' => true,
    'errorreporting' => false,
    'technicalcontact_email' => 'na@example.org',
    'timezone' => 'UTC',
    'secretsalt' => getenv('REHEARSAL_SALT'),
    'auth.adminpassword' => getenv('REHEARSAL_SALT'),
    'admin.protectindexpage' => true,
    'language.default' => 'en',
    'language.available' => ['en'],
    'theme.use' => 'default',
    'module.enable' => ['authorize' => true, 'core' => true, 'exampleauth' => true, 'saml' => true],
    'enable.saml20-idp' => true,
    'session.cookie.name' => 'RehearsalIdp',
    'session.cookie.secure' => false,
    'session.cookie.samesite' => null,
    'session.phpsession.cookiename' => 'RehearsalIdpPhp',
    'session.phpsession.savepath' => "$run/data",
    'session.authtoken.cookiename' => 'RehearsalIdpToken',
    'store.type' => 'phpsession',
    'metadata.sources' => [['type' => 'flatfile', 'directory' => __DIR__ . '/metadata']],
];
