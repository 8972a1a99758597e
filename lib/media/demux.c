/* SPDX-License-Identifier: MIT */
#include "media/demux.h"

#include "base/blame.h"
#include "base/err.h"
#include "base/log.h"
#include "media/libav.h"
#include "media/limits.h"
#include "media/tail.h"

#include <errno.h>
#include <libavutil/avstring.h>
#include <libavutil/crc.h>
#include <libavutil/opt.h>
#include <string.h>

static const int IO_BUFFER = 1 << 16;
/* in a row, without a packet of any stream, before a file that only errs is taken for ended */
static const int MAX_ERRORS = 1000;
/* of a processor, for what the header of an hour takes milliseconds */
static const int MAX_OPEN_SECONDS = 6;
/* read before the first packet: the index of an MP4 of two days */
static const int64_t MAX_OPEN_BYTES = 128 << 20;

/* What recorders, editors and these tools write. No playlist, no image sequence, no device, no raw stream without a header. */
static const char CONTAINERS[] =
        "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,ogg,wav,w64,aiff,caf,flac,mp3,aac,mpegts,avi,flv,ivf";
static const char CODECS[] =
        "vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,libaom-av1,h264,hevc,mpeg4,mpeg2video,mjpeg,png,theora,prores,"
        "opus,libopus,vorbis,aac,aac_latm,mp3,mp3float,mp2,mp2float,flac,alac,ac3,eac3,"
        "pcm_s8,pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_"
        "f64be,"
        "pcm_alaw,pcm_mulaw";

const char *rec_demux_codecs(void)
{
	return CODECS;
}

static int io_read(void *opaque, uint8_t *bytes, int n)
{
	struct rec_demux *demux = opaque;
	int64_t at = rec_source_tell(demux->source);
	ssize_t got = demux->read_error ? demux->read_error : rec_source_read(demux->source, bytes, (size_t)n);

	if (got < 0) {
		demux->read_error = (int)got;
		return AVERROR(EIO);
	}
	demux->opening_bytes += got;
	if (demux->opening && demux->opening_bytes > MAX_OPEN_BYTES) {
		demux->read_error = rec_report(REC_EINPUT, "cannot read '%s': its header is larger than %lld MiB",
		        demux->path, (long long)(MAX_OPEN_BYTES >> 20));
		return AVERROR(EIO);
	}
	return got > 0 && rec_lost_bytes(demux->lost, at, bytes, (size_t)got) ? (int)got : AVERROR_EOF;
}

static int64_t io_seek(void *opaque, int64_t at, int whence)
{
	struct rec_demux *demux = opaque;
	int64_t size = rec_source_size(demux->source);

	whence &= ~AVSEEK_FORCE;
	if (whence == AVSEEK_SIZE)
		return size >= 0 ? size : AVERROR(ENOSYS);
	if (whence == SEEK_CUR)
		at += rec_source_tell(demux->source);
	else if (whence == SEEK_END)
		at += size;
	return rec_source_seek(demux->source, at) < 0 ? AVERROR(EINVAL) : at;
}

/* A file may name other files and URLs (playlists, MP4 data references): nothing but the source itself is ever read. */
static int refuse_open(AVFormatContext *format, AVIOContext **io, const char *url, int flags, AVDictionary **options)
{
	(void)format, (void)io, (void)url, (void)flags, (void)options;
	return AVERROR(EPERM);
}

static int open_io(struct rec_demux *demux)
{
	unsigned char *buffer = av_malloc((size_t)IO_BUFFER);

	if (!buffer)
		return REC_ENOMEM;
	demux->io = avio_alloc_context(buffer, IO_BUFFER, 0, demux, io_read, NULL, io_seek);
	if (!demux->io) {
		av_free(buffer);
		return REC_ENOMEM;
	}
	if (!rec_source_seekable(demux->source))
		demux->io->seekable = 0;
	return REC_OK;
}

static int unusable(const struct rec_demux *demux, const char *why)
{
	if (demux->read_error) /* reported where it happened */
		return demux->read_error;
	return rec_report(REC_EINPUT, "cannot read '%s': %s; pass --skip-bad to leave it out", demux->path, why);
}

/* Recognise the container by content alone: a name or an ending decides nothing. */
static int recognise(struct rec_demux *demux, const AVInputFormat **found)
{
	char why[160];
	int err;

	if (rec_source_size(demux->source) == 0)
		return unusable(demux, "the file is empty");
	err = av_probe_input_buffer2(demux->io, found, "", NULL, 0, (unsigned)rec_media_limits.probe);
	if (err == AVERROR(ENOMEM))
		return REC_ENOMEM;
	if (err < 0 || !*found)
		return unusable(demux,
		        demux->io->pos == 0 ? "the file is empty" : "it is not a recording in any known container");
	if (!av_match_list((*found)->name, CONTAINERS, ',')) {
		snprintf(why, sizeof(why), "it looks like '%.40s', which is not read as a recording", (*found)->name);
		return unusable(demux, why);
	}
	return REC_OK;
}

static int open_format(struct rec_demux *demux)
{
	const AVInputFormat *found = NULL;
	char text[80];
	int err = recognise(demux, &found);

	if (err < 0)
		return err;
	demux->format = avformat_alloc_context();
	if (!demux->format)
		return REC_ENOMEM;
	demux->format->pb = demux->io;
	demux->format->flags |= AVFMT_FLAG_CUSTOM_IO; /* whatever fails next, it is not libavformat's to close */
	demux->format->io_open = refuse_open;
	demux->format->max_streams = rec_media_limits.streams;
	demux->format->probesize = rec_media_limits.probe;
	demux->format->format_whitelist = av_strdup(CONTAINERS);
	demux->format->codec_whitelist = av_strdup(CODECS);
	demux->format->protocol_whitelist = av_strdup("none");
	if (!demux->format->format_whitelist || !demux->format->codec_whitelist || !demux->format->protocol_whitelist)
		return REC_ENOMEM;
	errno = 0;
	err = avformat_open_input(&demux->format, NULL, found, NULL);
	if (rec_libav_lacks_memory(err))
		return REC_ENOMEM;
	/* so libavformat says of too many streams, too */
	if (err == AVERROR(ENOMEM)) {
		snprintf(text, sizeof(text), "it has more than %d streams, or a damaged header",
		        rec_media_limits.streams);
		return unusable(demux, text);
	}
	if (err == AVERROR_EOF)
		return unusable(demux, "it ends inside its header");
	/* libavformat's word for an MP4 without its index is that of any damage */
	if (err == AVERROR_INVALIDDATA && found && av_match_name("mp4", found->name))
		return unusable(demux, "its index (moov) is missing or damaged: the recorder did not finish the file");
	return err < 0 ? unusable(demux, rec_libav_text(err, text)) : REC_OK;
}

/* Sizes that a header claims are checked before anything of that size is allocated. */
static int check_limits(struct rec_demux *demux, const AVCodecParameters *par)
{
	const struct rec_media_limits *max = &rec_media_limits;
	char why[160];

	if (par->width > max->side || par->height > max->side || (int64_t)par->width * par->height > max->pixels)
		snprintf(why, sizeof(why),
		        "it claims pictures of %dx%d pixels, more than the %d a side and %lld in all that are read",
		        par->width, par->height, max->side, (long long)max->pixels);
	else if (par->sample_rate > max->rate)
		snprintf(why, sizeof(why), "it claims %d samples a second, more than the %d that are read",
		        par->sample_rate, max->rate);
	else if (par->sample_rate > 0 && par->sample_rate < max->least_rate)
		snprintf(why, sizeof(why), "it claims %d samples a second, less than the %d that are read",
		        par->sample_rate, max->least_rate);
	else if (par->ch_layout.nb_channels > max->channels)
		snprintf(why, sizeof(why), "it claims %d channels, more than the %d that are read",
		        par->ch_layout.nb_channels, max->channels);
	else
		return REC_OK;
	return unusable(demux, why);
}

/* Nobody reads what is attached, such as fonts, and libavformat would copy it for a decoder. */
static void drop_attachments(const AVFormatContext *format)
{
	for (unsigned i = 0; i < format->nb_streams; i++) {
		AVCodecParameters *par = format->streams[i]->codecpar;
		if (par->codec_type == AVMEDIA_TYPE_ATTACHMENT) {
			av_freep(&par->extradata);
			par->extradata_size = 0;
		}
	}
}

/* The options of the decoders that avformat_find_stream_info() opens by itself, one dictionary a stream. */
static int find_stream_info(struct rec_demux *demux)
{
	unsigned n = demux->format->nb_streams;
	AVDictionary **options = av_calloc(n ? n : 1, sizeof(*options));
	int err = REC_OK;

	if (!options)
		return REC_ENOMEM;
	for (unsigned i = 0; i < n && err == REC_OK; i++) {
		err = check_limits(demux, demux->format->streams[i]->codecpar);
		if (err == REC_OK && (av_dict_set_int(&options[i], "max_pixels", rec_media_limits.pixels, 0) < 0 ||
		                             av_dict_set(&options[i], "threads", "1", 0) < 0))
			err = REC_ENOMEM;
	}
	drop_attachments(demux->format);
	errno = 0;
	if (err == REC_OK && rec_libav_lacks_memory(avformat_find_stream_info(demux->format, n ? options : NULL)))
		err = REC_ENOMEM;
	for (unsigned i = 0; i < n; i++)
		av_dict_free(&options[i]);
	av_free(options);
	return err;
}

/* the index of the stream of that kind and number, from 1; -1: there is none */
static int numbered_stream(const AVFormatContext *format, enum AVMediaType type, int number)
{
	for (unsigned i = 0; i < format->nb_streams; i++)
		if (format->streams[i]->codecpar->codec_type == type && --number == 0)
			return (int)i;
	return -1;
}

/* libavformat passes over sound without channels or rate: where nothing else is in the file, that is a fault and not an absence */
static bool is_lone(const AVFormatContext *format, enum AVMediaType type)
{
	return type == AVMEDIA_TYPE_AUDIO && format->nb_streams == 1 &&
	       format->streams[0]->codecpar->codec_type == type;
}

static int choose_stream(struct rec_demux *demux, enum AVMediaType type, int number)
{
	int chosen = number > 0 ? numbered_stream(demux->format, type, number)
	                        : av_find_best_stream(demux->format, type, -1, -1, NULL, 0);

	if (demux->format->nb_streams == 0)
		return unusable(demux, "no audio or video stream in it");
	if (chosen < 0 && is_lone(demux->format, type))
		return unusable(demux, "its sound has no channels or no sample rate");
	if (chosen < 0)
		return REC_ENODATA;
	demux->stream = demux->format->streams[chosen];
	for (unsigned i = 0; i < demux->format->nb_streams; i++)
		if ((int)i != chosen)
			demux->format->streams[i]->discard = AVDISCARD_ALL;
	return check_limits(demux, demux->stream->codecpar);
}

/* a format of one stream that no demuxer fills */
static int open_folder(struct rec_demux *demux, enum AVMediaType type, int number)
{
	int err =
	        type == AVMEDIA_TYPE_VIDEO && number <= 1 ? rec_folder_open(&demux->folder, demux->path) : REC_ENODATA;

	if (err < 0)
		return err;
	demux->format = avformat_alloc_context();
	demux->stream = demux->format ? avformat_new_stream(demux->format, NULL) : NULL;
	if (!demux->stream)
		return REC_ENOMEM;
	demux->stream->time_base = (AVRational){1, 1000000};
	demux->stream->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
	demux->stream->codecpar->codec_id = rec_folder_codec(demux->folder);
	return REC_OK;
}

static int open_file(struct rec_demux *demux, enum AVMediaType type, int number)
{
	int err = REC_OK;

	if (!demux->source)
		err = rec_source_open(&demux->source, demux->path);
	if (err == REC_OK)
		err = rec_lost_new(&demux->lost);
	if (err == REC_OK)
		err = open_io(demux);
	demux->opening = true;
	if (err == REC_OK)
		err = open_format(demux);
	if (err == REC_OK)
		err = find_stream_info(demux);
	demux->opening = false;
	if (err == REC_OK && demux->read_error)
		err = demux->read_error;
	if (err == REC_OK)
		err = choose_stream(demux, type, number);
	return err;
}

int rec_demux_open(
        struct rec_demux *demux, const char *path, struct rec_source *source, enum AVMediaType type, int number)
{
	int blame = rec_blame_begin(path), err;

	rec_blame_limit(MAX_OPEN_SECONDS);
	rec_libav_init();
	*demux = (struct rec_demux){.source = source, .path = path, .last_pos = -1};
	if (!source && rec_folder_is(path))
		err = open_folder(demux, type, number);
	else
		err = open_file(demux, type, number);
	if (err < 0)
		rec_demux_close(demux);
	rec_blame_unlimit();
	rec_blame_end(blame);
	return err;
}

static bool is_flac(const struct rec_demux *demux)
{
	return strcmp(demux->format->iformat->name, "flac") == 0;
}

/* RFC 9639, 9.3: a frame ends with the CRC-16 of all before it. The parser gives out what it has when a file ends in one. */
static void note_whole(struct rec_demux *demux, const AVPacket *packet)
{
	int64_t end = packet->pts + packet->duration;

	if (packet->pts != AV_NOPTS_VALUE && end > demux->whole &&
	        av_crc(av_crc_get_table(AV_CRC_16_ANSI), 0, packet->data, (size_t)packet->size) == 0)
		demux->whole = end;
}

/* A container that promises more than the file holds was cut off: by a crash, a full disk, a broken transfer. */
static int end_of_input(struct rec_demux *demux)
{
	if (demux->read_error)
		return demux->read_error;
	if (rec_source_seekable(demux->source))
		demux->truncated |= rec_tail_is_cut(demux->source, demux->format->iformat->name, demux->last_pos);
	if (is_flac(demux))
		demux->truncated |= rec_tail_flac_is_cut(demux->stream->codecpar->extradata,
		        (size_t)demux->stream->codecpar->extradata_size, demux->whole);
	demux->truncated |= rec_lost_at_end(demux->lost);
	if (rec_source_error(demux->source))
		return rec_source_error(demux->source);
	return REC_ENODATA;
}

static int read_packet(struct rec_demux *demux, AVPacket *packet)
{
	if (demux->folder)
		return rec_folder_read(demux->folder, packet);
	for (int errors = 0; errors < MAX_ERRORS;) {
		errno = 0;
		int err = av_read_frame(demux->format, packet);

		if (err == AVERROR_EOF || demux->read_error)
			return end_of_input(demux);
		if (rec_libav_lacks_memory(err))
			return REC_ENOMEM;
		if (err < 0) { /* damage in the middle: the demuxer finds its way, or ends */
			demux->truncated |= avio_feof(demux->io) != 0;
			errors++;
			continue;
		}
		errors = 0;
		if (packet->pos >= 0)
			demux->last_pos = packet->pos;
		if (is_flac(demux))
			note_whole(demux, packet);
		if (packet->stream_index == demux->stream->index && packet->size <= rec_media_limits.packet) {
			if (rec_lost_before(demux->lost, packet))
				packet->flags |= AV_PKT_FLAG_CORRUPT;
			return REC_OK;
		}
		av_packet_unref(packet);
	}
	demux->truncated = true;
	return REC_ENODATA;
}

int rec_demux_read(struct rec_demux *demux, AVPacket *packet)
{
	int blame = rec_blame_begin(demux->path);
	int err = read_packet(demux, packet);

	rec_blame_end(blame);
	return err;
}

const char *rec_demux_container(const struct rec_demux *demux)
{
	return demux->folder ? "folder" : demux->format->iformat->name;
}

const int32_t *rec_demux_matrix(const struct rec_demux *demux)
{
	const AVStream *stream = demux->stream;
	const uint8_t *data = NULL;
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
	const AVPacketSideData *side = av_packet_side_data_get(
	        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);

	if (side && side->size >= 9 * sizeof(int32_t))
		data = side->data;
#else
	size_t size = 0;

	data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
	if (size < 9 * sizeof(int32_t))
		data = NULL;
#endif
	return (const int32_t *)(const void *)data;
}

void rec_demux_close(struct rec_demux *demux)
{
	rec_folder_close(&demux->folder);
	rec_lost_free(&demux->lost);
	avformat_close_input(&demux->format);
	if (demux->io)
		av_freep(&demux->io->buffer);
	avio_context_free(&demux->io);
	rec_source_close(&demux->source);
	demux->stream = NULL;
}
