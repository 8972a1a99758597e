/* SPDX-License-Identifier: MIT */
#include "mixdown/voiceargs.h"

#include "base/err.h"
#include "base/log.h"
#include "base/num.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* how far --spread goes: the other side is 7 dB lower there */
static const double SPREAD = 0.7;

int rec_voiceargs_input(const char *text, int origin, struct rec_voice_input *input, char **path)
{
	const char *at = strrchr(text, '@');
	int64_t offset_ns;

	*input = (struct rec_voice_input){.entry = text, .origin = origin};
	if (at && at > text && access(text, F_OK) != 0 && rec_parse_duration(at + 1, &offset_ns) == REC_OK) {
		input->origin = REC_ORIGIN_TRACK;
		input->start_ns = offset_ns;
		*path = strndup(text, (size_t)(at - text));
	} else
		*path = strdup(text);
	input->path = *path;
	return *path ? REC_OK : REC_ENOMEM;
}

static bool is_called(const struct rec_voice *voice, const char *name, size_t n)
{
	return (strlen(voice->name) == n && strncmp(voice->name, name, n) == 0) ||
	       (strlen(voice->path) == n && strncmp(voice->path, name, n) == 0) ||
	       (strlen(voice->entry) == n && strncmp(voice->entry, name, n) == 0);
}

static int no_such_voice(const struct rec_voices *voices, const char *option, const char *name, size_t n)
{
	struct rec_buf names = REC_BUF_INIT;
	int err;

	for (size_t i = 0; i < voices->n && i < 20; i++)
		rec_buf_printf(&names, "%s%s", i ? ", " : "", voices->items[i].name);
	err = rec_report(REC_EUSAGE, "no track is called '%.*s' (--%s); there are: %s", (int)n, name, option,
	        rec_buf_str(&names));
	rec_buf_free(&names);
	return err;
}

/* NAME=VALUE; the last = counts, names may hold others */
static int assign(
        struct rec_voices *voices, const char *option, const char *text, const double bounds[2], size_t member)
{
	const char *equals = strrchr(text, '=');
	size_t n = equals ? (size_t)(equals - text) : 0;
	bool found = false;
	double value;

	if (!equals || rec_parse_real(equals + 1, &value) < 0 || value < bounds[0] || value > bounds[1])
		return rec_report(REC_EUSAGE, "'%s' is no value for --%s; give NAME=N, N from %g to %g", text, option,
		        bounds[0], bounds[1]);
	for (size_t i = 0; i < voices->n; i++) {
		if (!is_called(&voices->items[i], text, n))
			continue;
		memcpy((char *)&voices->items[i] + member, &value, sizeof(value));
		found = true;
	}
	return found ? REC_OK : no_such_voice(voices, option, text, n);
}

int rec_voiceargs_gains(struct rec_voices *voices, const struct rec_strings *list, double *gain_db)
{
	static const double bounds[2] = {-100, 60};

	for (size_t i = 0; i < list->n; i++) {
		double value;
		int err = REC_OK;

		if (rec_parse_real(list->items[i], &value) < 0)
			err = assign(voices, "gain", list->items[i], bounds, offsetof(struct rec_voice, gain_db));
		else if (value < bounds[0] || value > bounds[1])
			err = rec_report(REC_EUSAGE, "'%s' dB is out of range for --gain; give %g to %g",
			        list->items[i], bounds[0], bounds[1]);
		else
			*gain_db += value;
		if (err < 0)
			return err;
	}
	return REC_OK;
}

int rec_voiceargs_pans(struct rec_voices *voices, const struct rec_strings *list)
{
	static const double bounds[2] = {-1, 1};
	int err = REC_OK;

	for (size_t i = 0; err == REC_OK && i < list->n; i++)
		err = assign(voices, "pan", list->items[i], bounds, offsetof(struct rec_voice, pan));
	return err;
}

void rec_voiceargs_spread(struct rec_voices *voices)
{
	size_t *order = calloc(voices->npersons + 1, sizeof(*order));
	size_t n = 0;

	/* persons without sound take no place */
	for (size_t p = 0; order && p < voices->npersons; p++)
		for (size_t i = 0; i < voices->n; i++)
			if (voices->items[i].person == p && !voices->items[i].left_out) {
				order[p] = n++;
				break;
			}
	for (size_t i = 0; order && n > 1 && i < voices->n; i++)
		voices->items[i].pan = SPREAD * (2 * (double)order[voices->items[i].person] / (double)(n - 1) - 1);
	free(order);
}
