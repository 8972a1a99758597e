/* SPDX-License-Identifier: MIT */
/*
 * Goal: the signer gives what AWS publishes: the vectors of the Signature Version 4 test suite (service "service") and the examples of
 * the S3 API reference, "Authenticating Requests".
 */
#include "net/sigv4.h"
#include "net/digest.h"
#include "net/uri.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct vector {
	const char *name;
	const char *method;
	const char *path; /* not encoded */
	struct rec_field query[4];
	struct rec_field headers[6]; /* host and x-amz-date aside */
	const char *payload;
	const char *signature;
};

static const struct vector suite[] = {
        {"get-vanilla", "GET", "/", {{0}}, {{0}}, "",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"get-vanilla-empty-query-key", "GET", "/", {{"Param1", "value1"}}, {{0}}, "",
                "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
        {"get-vanilla-query-order-key-case", "GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}, {{0}}, "",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        {"get-vanilla-query-order-key", "GET", "/", {{"Param1", "value2"}, {"Param1", "Value1"}}, {{0}}, "",
                "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"},
        {"get-vanilla-query-order-value", "GET", "/", {{"Param1", "value2"}, {"Param1", "value1"}}, {{0}}, "",
                "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
        {"get-vanilla-query-unreserved", "GET", "/",
                {{"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}},
                {{0}}, "", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
        {"get-vanilla-utf8-query", "GET", "/", {{"\u1234", "bar"}}, {{0}}, "",
                "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
        {"get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", {{0}}, {{0}},
                "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
        {"get-utf8", "GET", "/\u1234", {{0}}, {{0}}, "",
                "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
        {"get-space", "GET", "/example space/", {{0}}, {{0}}, "",
                "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
        {"get-header-value-trim", "GET", "/", {{0}}, {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}}, "",
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
        {"post-vanilla", "POST", "/", {{0}}, {{0}}, "",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
        {"post-vanilla-query", "POST", "/", {{"Param1", "value1"}}, {{0}}, "",
                "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
        {"post-header-key-sort", "POST", "/", {{0}}, {{"My-Header1", "value1"}}, "",
                "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
        {"post-x-www-form-urlencoded", "POST", "/", {{0}}, {{"Content-Type", "application/x-www-form-urlencoded"}},
                "Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
};

static const struct vector s3[] = {
        {"get object", "GET", "/test.txt", {{0}}, {{"Range", "bytes=0-9"}, {"x-amz-content-sha256", EMPTY}}, "",
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"put object", "PUT", "/test$file.text", {{0}},
                {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                        {"x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"}},
                "Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        {"get bucket lifecycle", "GET", "/", {{"lifecycle", ""}}, {{"x-amz-content-sha256", EMPTY}}, "",
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {"list objects", "GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}, {{"x-amz-content-sha256", EMPTY}}, "",
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
};

/* Sign one and compare the end of the Authorization header. */
static void check(const struct vector *v, const struct rec_sigv4_key *key, const char *host, const char *date)
{
	struct rec_field headers[8] = {{"Host", host}, {"X-Amz-Date", date}};
	struct rec_buf path = REC_BUF_INIT, query = REC_BUF_INIT, value = REC_BUF_INIT;
	struct rec_sums sums;
	size_t nheaders = 2, nquery = 0;

	while (v->query[nquery].name)
		nquery++;
	for (size_t i = 0; v->headers[i].name; i++)
		headers[nheaders++] = v->headers[i];
	rec_uri_encode(&path, v->path, strlen(v->path), true);
	assert_int_equal(rec_sigv4_query(&query, v->query, nquery), REC_OK);
	assert_int_equal(rec_sums_of_text(&sums, v->payload, strlen(v->payload)), REC_OK);
	struct rec_sigv4_request request = {
	        v->method, rec_buf_str(&path), rec_buf_str(&query), headers, nheaders, sums.sha256_hex};
	assert_int_equal(rec_sigv4_sign(&value, key, &request, date), REC_OK);
	const char *signature = strstr(rec_buf_str(&value), "Signature=");
	assert_non_null(signature);
	if (strcmp(signature + strlen("Signature="), v->signature) != 0)
		fail_msg("%s: %s, not %s", v->name, signature, v->signature);
	rec_buf_free(&path);
	rec_buf_free(&query);
	rec_buf_free(&value);
}

static void test_suite(void **state)
{
	static const struct rec_sigv4_key key = {
	        "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"};

	(void)state;
	for (size_t i = 0; i < sizeof suite / sizeof *suite; i++)
		check(&suite[i], &key, "example.amazonaws.com", "20150830T123600Z");
}

static void test_s3(void **state)
{
	static const struct rec_sigv4_key key = {
	        "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3"};

	(void)state;
	for (size_t i = 0; i < sizeof s3 / sizeof *s3; i++)
		check(&s3[i], &key, "examplebucket.s3.amazonaws.com", "20130524T000000Z");
}

static void test_whole_header(void **state)
{
	static const struct rec_sigv4_key key = {
	        "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"};
	static const struct rec_field headers[] = {
	        {"X-Amz-Date", "20150830T123600Z"}, {"Host", "example.amazonaws.com"}};
	struct rec_sigv4_request request = {"GET", "/", "", headers, 2, EMPTY};
	struct rec_buf value = REC_BUF_INIT;

	(void)state;
	assert_int_equal(rec_sigv4_sign(&value, &key, &request, "20150830T123600Z"), REC_OK);
	assert_string_equal(value.data,
	        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
	        "SignedHeaders=host;x-amz-date, "
	        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
	rec_buf_free(&value);
	assert_int_equal(rec_sigv4_canonical(&value, &request), REC_OK);
	assert_string_equal(value.data,
	        "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n" EMPTY);
	rec_buf_free(&value);
}

static void test_date(void **state)
{
	char date[REC_SIGV4_DATE];

	(void)state;
	rec_sigv4_date(date, 1440938160);
	assert_string_equal(date, "20150830T123600Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_suite), cmocka_unit_test(test_s3),
	        cmocka_unit_test(test_whole_header), cmocka_unit_test(test_date)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
