<?php
/** The service providers: each rehearsal's own metadata, and the settings that an administrator makes here. */
foreach (glob(getenv('REHEARSAL_RUN') . '/sps/*.xml') as $file) {
    $sp = SimpleSAML\Metadata\SAMLParser::parseFile($file)->getMetadata20SP();
    $settings = json_decode(file_get_contents(substr($file, 0, -3) . 'json'), true);
    if ($settings['denied'] !== []) {
        $sp['authproc'] = [
            50 => ['class' => 'authorize:Authorize', 'deny' => true, 'regex' => false, 'mail' => $settings['denied']],
        ];
    }
    $sp['validate.authnrequest'] = $settings['signedRequests'];
    $metadata[$sp['entityid']] = $sp;
}
