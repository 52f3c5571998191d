<?php
/**
 * Two pages of an application, and the routes to SimpleSAMLphp's own pages: PHP's built-in server cannot separate
 * script and path if the path contains a dot.
 */
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$www = '/usr/share/simplesamlphp/www';
if (preg_match('#^(/[^?]*?\.php)(/.*)?$#', (string) $path, $parts) && is_file($www . $parts[1])) {
    $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $parts[1];
    $_SERVER['SCRIPT_FILENAME'] = $www . $parts[1];
    $_SERVER['PATH_INFO'] = $parts[2] ?? '';
    chdir(dirname($www . $parts[1]));
    require $www . $parts[1];
    return true;
}

function page(string $line, int $status = 200): bool
{
    http_response_code($status);
    header('Content-Type: text/html; charset=utf-8');
    $escaped = htmlspecialchars($line, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
    echo '<!doctype html><html lang="en"><title>SimpleSAMLphp SP</title><body><p>', $escaped, "</p></body></html>\n";
    return true;
}

if ($path !== '/' && $path !== '/secure') {
    return page('There is no such page.', 404);
}
require "$www/_include.php";
$visitor = new SimpleSAML\Auth\Simple('default-sp');
if ($path === '/secure') {
    $visitor->requireAuth(['ReturnTo' => getenv('PEER_BASE') . '/secure']);
}
if (!$visitor->isAuthenticated()) {
    return page('Not signed in.');
}
// SimpleSAMLphp accepts an assertion without a name; the application ends such a session, since it does not know the
// user.
$name = (string) $visitor->getAuthData('saml:sp:NameID')?->getValue();
if (trim($name) === '') {
    SimpleSAML\Session::getSessionFromRequest()->doLogout('default-sp');
    return page('Rejected: the session has no user name.', 403);
}
return page("Signed in as: “{$name}”");
