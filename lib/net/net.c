/* SPDX-License-Identifier: MIT */
#include "net/net.h"

#include "base/remote.h"
#include "net/put.h"

#include <curl/curl.h>

static const struct rec_remote_ops ops = {rec_net_open, rec_put_check, rec_put_publish};

void rec_net_install(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	rec_remote_install(&ops);
}
