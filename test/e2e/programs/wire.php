<?php
if ($_SERVER['QUERY_STRING'] === 'fail') {
    error_log('as asked');
    http_response_code(500);
}
echo json_encode($_SERVER, JSON_UNESCAPED_SLASHES);
