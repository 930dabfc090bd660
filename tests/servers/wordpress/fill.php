<?php
// Installs WordPress in the folder of the first argument, with as many posts as the second says, three of them for each second.
$_SERVER += ['HTTP_HOST' => 'localhost', 'SERVER_NAME' => 'localhost', 'REQUEST_URI' => '/', 'REMOTE_ADDR' => '127.0.0.1'];
define('WP_INSTALLING', true);
require "$argv[1]/wp-load.php";
require ABSPATH . 'wp-admin/includes/upgrade.php';

$wpdb->query('PRAGMA synchronous = OFF');
wp_install('Test', 'admin', 'admin@example.com', true, '', 'password');
update_option('permalink_structure', '/%postname%/');
wp_set_current_user(1);
for ($i = 0; $i < (int) $argv[2]; $i++) {
    $time = gmdate('Y-m-d H:i:s', 1700000000 + intdiv($i, 3));
    wp_insert_post(['post_title' => wp_slash("näme \"$i\" 😀 \\"), 'post_content' => "$i.10", 'post_status' => 'publish', 'post_date' => $time]);
}
