/* Numbers as text, the same in every locale: written with the digits it takes, read to the nearest
 * double. */
#ifndef DDNI_BASE_NUMBER_H
#define DDNI_BASE_NUMBER_H

#include <stdint.h>

enum {
    DDNI_NUMBER_BYTES = 32
};

/* The shortest of 15 to 17 digits that reads back as the same double: "0.1"; "nan", "inf", "-inf".
 */
void ddni_number_write(double value, char text[DDNI_NUMBER_BYTES]);

/* Reads a number as JSON writes them (-1.5e-3; no "+", no leading zeros) at the beginning of
 * text[length]. Returns how many bytes it took, 0 where there is no number. *value is the nearest
 * double, ties to even, infinite where that is too large; digits beyond the 64th are taken as 0. */
int64_t ddni_number_read(const char *text, int64_t length, double *value);

#endif
