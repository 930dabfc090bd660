/* no_proxy: the entries HOST:PORT of the environment's no_proxy; libcurl heeds those without a port alone. */
#ifndef RESTSRC_NO_PROXY_H
#define RESTSRC_NO_PROXY_H

#include <stdbool.h>

/* Is url's host and port in list, as HOST:PORT, .DOMAIN:PORT or [ADDRESS]:PORT, divided by commas or blanks? A name
 * stands for all below it, too. list may be NULL. */
bool no_proxy_has(const char *list, const char *url);
/* The same for the list of the environment. */
bool no_proxy_names(const char *url);

#endif
