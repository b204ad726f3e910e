<?php
// Says which container answers: as text, or as JSON with `?json`. `/slow?ms=1500` takes its time.
header('Cache-Control: no-store');

if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) === '/slow') {
    usleep(1000 * max(0, min(60_000, (int) ($_GET['ms'] ?? 1000))));
}

$answer = ['id' => $_SERVER['CONTAINER_ID'], 'hostname' => gethostname(), 'proxied_for' => $_SERVER['HTTP_X_FORWARDED_FOR'] ?? null];

if (isset($_GET['json'])) {
    header('Content-Type: application/json');
    echo json_encode($answer, JSON_UNESCAPED_SLASHES), "\n";
} else {
    header('Content-Type: text/plain; charset=utf-8');
    echo "Hello from container {$answer['id']} on {$answer['hostname']}\n";
}
