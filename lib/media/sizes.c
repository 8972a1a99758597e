/* SPDX-License-Identifier: MIT */
#include "media/sizes.h"

#include "base/err.h"
#include "media/vp9.h"

#include <stdlib.h>
#include <string.h>

struct rec_sizes {
	enum AVCodecID codec;
	AVCodecContext *context; /* of the parser; never opened */
	AVCodecParserContext *parser;
	struct rec_vp9 vp9;
	struct rec_dims last;
};

static unsigned big_endian(const uint8_t *bytes, size_t n)
{
	unsigned value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* PNG (third edition), 5.2 and 11.2.1: the signature, and IHDR is the first chunk */
bool rec_sizes_png(const uint8_t *bytes, size_t n, struct rec_dims *dims)
{
	static const uint8_t signature[] = {
	        0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
	unsigned width, height;

	if (n < 24 || memcmp(bytes, signature, sizeof(signature)) != 0)
		return false;
	width = big_endian(bytes + 16, 4);
	height = big_endian(bytes + 20, 4);
	if (width == 0 || height == 0 || width > INT_MAX || height > INT_MAX)
		return false;
	*dims = (struct rec_dims){(int)width, (int)height};
	return true;
}

/* ITU-T T.81, B.1 and B.2.2: marker segments up to the frame header (SOF0 to SOF15, less DHT, JPG and DAC) */
bool rec_sizes_jpeg(const uint8_t *bytes, size_t n, struct rec_dims *dims)
{
	if (n < 4 || bytes[0] != 0xff || bytes[1] != 0xd8)
		return false;
	for (size_t at = 2; at + 9 <= n && bytes[at] == 0xff;) {
		uint8_t marker = bytes[at + 1];

		if (marker == 0xff) { /* fill */
			at++;
			continue;
		}
		if ((marker & 0xf0) == 0xc0 && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
			*dims = (struct rec_dims){
			        (int)big_endian(bytes + at + 7, 2), (int)big_endian(bytes + at + 5, 2)};
			return dims->width > 0 && dims->height > 0;
		}
		at += 2 + big_endian(bytes + at + 2, 2);
	}
	return false;
}

static int open_parser(struct rec_sizes *sizes, const AVCodecParameters *par)
{
	sizes->parser = av_parser_init((int)par->codec_id);
	if (!sizes->parser)
		return REC_OK; /* none for this codec */
	sizes->parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
	sizes->context = avcodec_alloc_context3(NULL);
	return sizes->context && avcodec_parameters_to_context(sizes->context, par) >= 0 ? REC_OK : REC_ENOMEM;
}

int rec_sizes_new(struct rec_sizes **out, const AVCodecParameters *par)
{
	struct rec_sizes *sizes = calloc(1, sizeof(*sizes));
	int err = REC_OK;

	*out = sizes;
	if (!sizes)
		return REC_ENOMEM;
	sizes->codec = par->codec_id;
	if (par->codec_id != AV_CODEC_ID_VP9 && par->codec_id != AV_CODEC_ID_PNG && par->codec_id != AV_CODEC_ID_MJPEG)
		err = open_parser(sizes, par);
	if (err < 0)
		rec_sizes_free(out);
	return err;
}

/* A container may bring new parameter sets beside a packet: the parser reads them once, at its start. */
static void renew_parser(struct rec_sizes *sizes, const AVPacket *packet)
{
	size_t n = 0;
	const uint8_t *fresh = av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, &n);
	uint8_t *copy = fresh && n < INT_MAX / 2 ? av_mallocz(n + AV_INPUT_BUFFER_PADDING_SIZE) : NULL;

	if (!copy)
		return;
	memcpy(copy, fresh, n);
	av_free(sizes->context->extradata);
	sizes->context->extradata = copy;
	sizes->context->extradata_size = (int)n;
	av_parser_close(sizes->parser);
	sizes->parser = av_parser_init((int)sizes->codec);
	if (sizes->parser)
		sizes->parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
}

static bool parse(struct rec_sizes *sizes, const AVPacket *packet, struct rec_dims *dims)
{
	uint8_t *out;
	int n;

	if (sizes->parser)
		renew_parser(sizes, packet);
	if (!sizes->parser)
		return false;
	av_parser_parse2(sizes->parser, sizes->context, &out, &n, packet->data, packet->size, packet->pts, packet->dts,
	        packet->pos);
	*dims = (struct rec_dims){sizes->parser->width, sizes->parser->height};
	return dims->width > 0 && dims->height > 0;
}

bool rec_sizes_of(struct rec_sizes *sizes, const AVPacket *packet, struct rec_dims *dims)
{
	size_t n = packet->size > 0 ? (size_t)packet->size : 0;
	struct rec_dims found;
	bool told;

	if (sizes->codec == AV_CODEC_ID_VP9)
		told = rec_vp9_size(&sizes->vp9, packet->data, n, &found);
	else if (sizes->codec == AV_CODEC_ID_PNG)
		told = rec_sizes_png(packet->data, n, &found);
	else if (sizes->codec == AV_CODEC_ID_MJPEG)
		told = rec_sizes_jpeg(packet->data, n, &found);
	else
		told = parse(sizes, packet, &found);
	if (told)
		sizes->last = found;
	*dims = sizes->last;
	return sizes->last.width > 0;
}

void rec_sizes_free(struct rec_sizes **out)
{
	struct rec_sizes *sizes = *out;

	*out = NULL;
	if (!sizes)
		return;
	if (sizes->parser)
		av_parser_close(sizes->parser);
	avcodec_free_context(&sizes->context);
	free(sizes);
}
