# SPDX-License-Identifier: MIT
"""What the peers of rec-compose read of a session.json: who was there when."""
import json
import os


def read_people(path):
    """The participants, their times counted from the earliest join; the end."""
    with open(path, encoding="utf-8") as f:
        session = json.load(f)
    base = os.path.join(os.path.dirname(os.path.abspath(path)), session.get("session_dir") or ".")
    people = session["participants"]
    zero = min(p["join_time_s"] for p in people)
    for p in people:
        p["join_time_s"] -= zero
        p["leave_time_s"] -= zero
        for key in ("video_path", "audio_path"):
            if p.get(key):
                p[key] = os.path.join(base, p[key])
    return people, max(p["leave_time_s"] for p in people)


def windows(people, end, picture):
    """(from, to, those who show a picture) of each window; p[picture] says that there is one."""
    cuts = sorted({0.0, end, *(p["join_time_s"] for p in people), *(p["leave_time_s"] for p in people)})
    for a, b in zip(cuts, cuts[1:]):
        if b - a >= 0.04:
            yield a, b, [p for p in people if p.get(picture) is not None and p["join_time_s"] <= a + 1e-6
                         and p["leave_time_s"] >= b - 1e-6]
