<?php
/** The users: one file per rehearsal, read again for every request. */
$users = ['exampleauth:UserPass'];
foreach (glob(getenv('REHEARSAL_RUN') . '/users/*.json') as $file) {
    foreach (json_decode(file_get_contents($file), true) as $user) {
        $users["{$user['username']}:{$user['password']}"] = [
            'uid' => [$user['username']],
            'mail' => [$user['mail']],
            'displayName' => [$user['name']],
        ];
    }
}
$config = ['users' => $users];
