/* Numbers and texts as bytes, in units of eight: what saved objects are made of. */
#ifndef DDNI_BASE_BYTES_H
#define DDNI_BASE_BYTES_H

#include <stdint.h>

/* at NULL: only counts. Who asks for the writing has counted before. */
typedef struct ddni_writer {
    unsigned char *at; /* where the next byte goes */
    int64_t bytes;     /* written or counted so far */
} ddni_writer;

/* data[bytes], filled up with zeros. */
void ddni_write(ddni_writer *w, const void *data, int64_t bytes);
void ddni_write_i64(ddni_writer *w, int64_t value);
void ddni_write_f64(ddni_writer *w, double value);
void ddni_write_text(ddni_writer *w, const char *text);

/* Once it has been asked for more than there is, it is bad and gives zeros. */
typedef struct ddni_reader {
    const unsigned char *at;
    int64_t left;
    int32_t bad;
} ddni_reader;

/* The next count * size bytes, perhaps not aligned; NULL where it is bad. */
const unsigned char *ddni_read(ddni_reader *r, int64_t count, int64_t size);
int64_t ddni_read_i64(ddni_reader *r);

enum {
    DDNI_TEXT_BYTES = 40 /* of a text read back; longer ones are bad */
};
void ddni_read_text(ddni_reader *r, char text[DDNI_TEXT_BYTES]);

#endif
