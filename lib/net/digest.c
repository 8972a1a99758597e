/* SPDX-License-Identifier: MIT */
#include "net/digest.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <unistd.h>

struct rec_digest {
	EVP_MD_CTX *context;
	const EVP_MD *algorithm;
};

int rec_digest_new(struct rec_digest **digest, const char *algorithm)
{
	struct rec_digest *d = calloc(1, sizeof *d);

	if (!d)
		return REC_ENOMEM;
	d->context = EVP_MD_CTX_new();
	d->algorithm = EVP_get_digestbyname(algorithm);
	if (!d->context || !d->algorithm || !EVP_DigestInit_ex(d->context, d->algorithm, NULL))
		rec_digest_free(&d);
	*digest = d;
	return d ? REC_OK : REC_ENOMEM;
}

void rec_digest_add(struct rec_digest *digest, const void *bytes, size_t n)
{
	assert(digest);
	EVP_DigestUpdate(digest->context, bytes, n);
}

void rec_digest_end(struct rec_digest *digest, unsigned char *out)
{
	assert(digest);
	EVP_DigestFinal_ex(digest->context, out, NULL);
	EVP_DigestInit_ex(digest->context, digest->algorithm, NULL);
}

void rec_digest_free(struct rec_digest **digest)
{
	if (*digest)
		EVP_MD_CTX_free((*digest)->context);
	free(*digest);
	*digest = NULL;
}

int rec_sha256(unsigned char out[REC_SHA256_SIZE], const void *bytes, size_t n)
{
	return EVP_Digest(bytes, n, out, NULL, EVP_sha256(), NULL) ? REC_OK : REC_ENOMEM;
}

int rec_hmac_sha256(unsigned char out[REC_SHA256_SIZE], const void *key, size_t nkey, const void *bytes, size_t n)
{
	return HMAC(EVP_sha256(), key, (int)nkey, bytes, n, out, NULL) ? REC_OK : REC_ENOMEM;
}

void rec_hex(char *out, const unsigned char *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}

static int add_file(struct rec_digest *md5, struct rec_digest *sha256, int fd, int64_t at, int64_t n)
{
	static const size_t most = 1 << 16;
	char *chunk = malloc(most);
	int r = chunk ? REC_OK : REC_ENOMEM;

	while (r == REC_OK && n > 0) {
		ssize_t got = pread(fd, chunk, n < (int64_t)most ? (size_t)n : most, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = 0;
		if (got <= 0) {
			r = REC_EIO;
			break;
		}
		rec_digest_add(md5, chunk, (size_t)got);
		if (sha256)
			rec_digest_add(sha256, chunk, (size_t)got);
		at += got;
		n -= got;
	}
	free(chunk);
	return r;
}

static void finish(struct rec_sums *sums, struct rec_digest *md5, struct rec_digest *sha256)
{
	unsigned char bytes[REC_SHA256_SIZE];

	rec_digest_end(md5, bytes);
	rec_hex(sums->md5_hex, bytes, REC_MD5_SIZE);
	EVP_EncodeBlock((unsigned char *)sums->md5_base64, bytes, REC_MD5_SIZE);
	sums->sha256_hex[0] = '\0';
	if (!sha256)
		return;
	rec_digest_end(sha256, bytes);
	rec_hex(sums->sha256_hex, bytes, REC_SHA256_SIZE);
}

/* fd -1: text instead, with SHA-256 */
static int sums_of(struct rec_sums *sums, int fd, const char *text, int64_t at, int64_t n, bool with_sha256)
{
	struct rec_digest *md5 = NULL, *sha256 = NULL;
	int r = rec_digest_new(&md5, "MD5");

	if (r == REC_OK && with_sha256)
		r = rec_digest_new(&sha256, "SHA256");
	if (r == REC_OK && fd >= 0)
		r = add_file(md5, sha256, fd, at, n);
	else if (r == REC_OK) {
		rec_digest_add(md5, text, (size_t)n);
		rec_digest_add(sha256, text, (size_t)n);
	}
	if (r == REC_OK)
		finish(sums, md5, sha256);
	int e = errno;
	rec_digest_free(&md5);
	rec_digest_free(&sha256);
	errno = e;
	return r;
}

int rec_sums_of_file(struct rec_sums *sums, int fd, int64_t at, int64_t n, bool sha256)
{
	return sums_of(sums, fd, NULL, at, n, sha256);
}

int rec_sums_of_text(struct rec_sums *sums, const char *text, size_t n)
{
	return sums_of(sums, -1, text, 0, (int64_t)n, true);
}
