<?php
// A PHP script for php.pool.
error_log("asked for $_SERVER[REQUEST_URI]");
header('Content-Type: text/plain');
$info = $_SERVER['PATH_INFO'] ?? '';
$header = $_SERVER['HTTP_X_TEST'] ?? '';
$body = file_get_contents('php://input');
echo 'php ', getenv('SLOT'), ", $_SERVER[APP_ENV]\n";
echo "$_SERVER[REQUEST_METHOD] $_SERVER[SCRIPT_NAME] + $info ? $_SERVER[QUERY_STRING]\n";
echo "x-test: $header\nbody: $body\n";
