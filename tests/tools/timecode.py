# SPDX-License-Identifier: MIT
"""The codes that the recordings in testdata/ carry.

Picture: 2 rows x 16 blocks, black 0, white 1, first bit left; x 10-90 % of the picture, row A y 4-14 %, row B y 14-24 %.
  A: 16-bit counter. B: participant (4 bits), kind (4 bits), crc8 (poly 0x07, init 0xA5) over counter and the byte before.
  kind 0: number of the source's frame; 1: camera, 2: screen share, both capture time in units of 10 ms.
Sound: once a second, at source time k + 0.16 (participant - 1) s: 20 ms of 1 kHz, then 16 bits of 8 ms (2 kHz 0, 3 kHz 1),
  first bit first: k (10 bits), participant (3 bits), crc3.
"""
BLOCK_X0, BLOCK_WIDTH = 0.10, 0.05
ROW_A, ROW_B = 0.09, 0.19  # the rows' middles
TICK_S, BIT_S, NBITS, SLOT_S = 0.020, 0.008, 16, 0.16
TICK_HZ, ZERO_HZ, ONE_HZ = 1000, 2000, 3000
TICK_WHOLE_S = TICK_S + NBITS * BIT_S


def crc8(data):
    crc = 0xA5
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 7) & 0xFF if crc & 0x80 else crc << 1 & 0xFF
    return crc


def picture_word(word):
    """(counter, participant, kind) of 32 bits, or None."""
    counter, who, crc = word >> 16, word >> 8 & 255, word & 255
    if crc8((counter >> 8, counter & 255, who)) != crc or who >> 4 == 0 or who & 15 > 2:
        return None
    return counter, who >> 4, who & 15


def crc3(k, pid):
    return (k + (k >> 3) + (k >> 6) + (k >> 9) + 3 * pid + 5) & 7


def tick_word(word):
    """(k, participant) of 16 bits, or None."""
    k, pid, crc = word >> 6, word >> 3 & 7, word & 7
    return (k, pid) if pid and crc3(k, pid) == crc else None


def source_time(k, pid):
    return k + (pid - 1) % 6 * SLOT_S
