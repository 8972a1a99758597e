/* SPDX-License-Identifier: MIT */
/*
 * MD5, SHA-256 and HMAC, by OpenSSL's libcrypto: it is what Debian's libcurl4-openssl links already, so that it brings no new
 * library, it is kept, and it uses the processor's SHA instructions.
 */
#ifndef REC_NET_DIGEST_H
#define REC_NET_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REC_MD5_SIZE = 16, REC_SHA256_SIZE = 32, REC_MD5_BASE64 = 25, REC_MD5_HEX = 33, REC_SHA256_HEX = 65 };

struct rec_digest;

/** rec_digest_new(digest, algorithm): "MD5" or "SHA256". REC_ENOMEM, also where the system's policy forbids it. */
int rec_digest_new(struct rec_digest **digest, const char *algorithm);
void rec_digest_add(struct rec_digest *digest, const void *bytes, size_t n);
/** rec_digest_end(digest, out): 16 or 32 bytes; starts anew. */
void rec_digest_end(struct rec_digest *digest, unsigned char *out);
void rec_digest_free(struct rec_digest **digest);

/** rec_sha256(out, bytes, n), rec_hmac_sha256(out, key, nkey, bytes, n): REC_ENOMEM. */
int rec_sha256(unsigned char out[REC_SHA256_SIZE], const void *bytes, size_t n);
int rec_hmac_sha256(unsigned char out[REC_SHA256_SIZE], const void *key, size_t nkey, const void *bytes, size_t n);

/** rec_hex(out, bytes, n): lower case, with the NUL 2 n + 1 characters. */
void rec_hex(char *out, const unsigned char *bytes, size_t n);

/* of a part of a file or of a text, as the headers of a request want them */
struct rec_sums {
	char md5_base64[REC_MD5_BASE64];
	char md5_hex[REC_MD5_HEX];
	char sha256_hex[REC_SHA256_HEX]; /* "": not asked for */
};

/**
 * rec_sums_of_file(sums, fd, at, n, sha256): with SHA-256 or without.
 * REC_EIO: it cannot be read, as errno says, or is shorter: errno is 0 (not reported); REC_ENOMEM.
 */
int rec_sums_of_file(struct rec_sums *sums, int fd, int64_t at, int64_t n, bool sha256);
int rec_sums_of_text(struct rec_sums *sums, const char *text, size_t n);

#endif
