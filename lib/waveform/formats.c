/* SPDX-License-Identifier: MIT */
/* The forms of a waveform: a new one is a writer in a file of its own and a row here. */
#include "waveform/waveform.h"

#include <string.h>
#include <strings.h>

/* where two endings fit, the row that stands first counts */
static const struct rec_waveform_format formats[] = {
        {"peaks", ".peaks.json", 255, false, false, false, rec_waveform_write_peaks},
        {"json", ".json", 0, false, true, true, rec_waveform_write_json},
        {"dat", ".dat", 0, false, false, true, rec_waveform_write_dat},
        {"png", ".png", 0, true, true, false, rec_waveform_write_png},
        {"svg", ".svg", 0, true, true, false, rec_waveform_write_svg},
};

const char rec_waveform_format_names[] = "peaks, json, dat, png or svg";

static bool ends_in(const char *path, const char *ending)
{
	size_t n = strlen(path), k = strlen(ending);

	return n >= k && strcasecmp(path + n - k, ending) == 0;
}

const struct rec_waveform_format *rec_waveform_format(const char *path, const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (name ? strcasecmp(name, formats[i].name) == 0 : ends_in(path, formats[i].ending))
			return &formats[i];
	return NULL;
}
