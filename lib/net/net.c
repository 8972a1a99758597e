/* SPDX-License-Identifier: MIT */
#include "net/net.h"

#include "base/reach.h"
#include "base/remote.h"
#include "net/ledger.h"
#include "net/put.h"

#include <curl/curl.h>
#include <stdlib.h>

/* what getaddrinfo(), TLS and curl read */
static const char *const paths[] = {"/etc/resolv.conf", "/run/systemd/resolve", "/run/resolvconf",
        "/run/NetworkManager", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services",
        "/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/crypto-policies", NULL};

static void reach(struct rec_reach *r)
{
	static const char *const names[] = {
	        "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "AWS_CA_BUNDLE", "OPENSSL_CONF", NULL};

	for (size_t i = 0; paths[i]; i++)
		rec_reach_add(r, REC_REACH_READ, paths[i]);
	for (size_t i = 0; names[i]; i++) {
		const char *path = getenv(names[i]);
		if (path && *path)
			rec_reach_add(r, REC_REACH_READ, path);
	}
	if (r->sends)
		rec_ledger_reach(r);
}

static const struct rec_remote_ops ops = {rec_net_open, rec_put_check, rec_put_publish, reach};

void rec_net_install(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	rec_remote_install(&ops);
}
