/* SPDX-License-Identifier: MIT */
#include "edit/recording.h"

#include "base/err.h"

#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int rec_recording_open(struct rec_recording *recording, const char *path)
{
	int err;

	*recording = (struct rec_recording){.path = path};
	if (is_folder(path))
		return REC_OK;
	err = rec_source_open(&recording->source, path);
	if (err < 0)
		return err;
	recording->kept = !rec_source_seekable(recording->source) || strcmp(path, "-") == 0;
	if (recording->kept && strcmp(path, "-") == 0)
		recording->path = "standard input";
	return rec_source_make_seekable(recording->source);
}

/* NULL: the path itself is opened */
int rec_recording_reader(const struct rec_recording *recording, struct rec_source **source)
{
	*source = NULL;
	return recording->source ? rec_source_again(recording->source, source) : REC_OK;
}

void rec_recording_rest(struct rec_recording *recording)
{
	if (!recording->kept)
		rec_source_close(&recording->source);
}

int rec_recording_scan(const struct rec_recording *recording, struct rec_scan *scan)
{
	struct rec_source *source;
	int err = rec_recording_reader(recording, &source);

	return err < 0 ? err : rec_scan_picture(scan, recording->path, source);
}

int rec_recording_input(const struct rec_recording *recording, struct rec_input_params params, struct rec_input **in)
{
	int err = rec_recording_reader(recording, &params.source);

	return err < 0 ? err : rec_input_open(in, recording->path, &params);
}

int rec_recording_sound(
        const struct rec_recording *recording, struct rec_sound_track_params params, struct rec_sound_track **track)
{
	int err = rec_recording_reader(recording, &params.source);

	return err < 0 ? err : rec_sound_track_open(track, recording->path, &params);
}

void rec_recording_close(struct rec_recording *recording)
{
	rec_source_close(&recording->source);
}
