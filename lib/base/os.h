/* What the library needs of the operating system beyond C11: files, a clock, the process, threads
 * that no signal reaches. os.c is POSIX, os_windows.c Windows; locks and condition
 * variables are POSIX threads', which all systems have in some form. Paths are bytes on POSIX
 * systems, UTF-8 on Windows. */
#ifndef DDNI_BASE_OS_H
#define DDNI_BASE_OS_H

#include <pthread.h>

#include <diffdyn/base.h>

/* A file open for reading. Every error text starts with its name. */
typedef struct ddni_file {
    const char *name; /* the path, or the end of a long one */
    int fd;
    int64_t bytes; /* size when it was opened */
} ddni_file;

/* Opens a regular file that is not empty; path must stay valid as long as the file is open. */
ddn_status ddni_file_open(ddn_context *ctx, const char *path, ddni_file *f);
void ddni_file_close(ddni_file *f);

/* Is asked before each part of 16 MB that is read or written: ddni_poll, which stands above this
 * file. What it fails with ends the call. */
typedef ddn_status (*ddni_look_fn)(ddn_context *ctx);

/* Exactly buffer[count] from offset. */
ddn_status ddni_file_read(ddn_context *ctx, const ddni_file *f, int64_t offset, void *buffer,
                          int64_t count, ddni_look_fn look);

/* Whether there is a folder of that name. */
int32_t ddni_is_folder(const char *path);

/* What is in a folder, in no order: a name, whether it is a folder itself, the bytes of a file.
 * Links stand for what they lead to; one that leads nowhere is an error. What begins with a dot is
 * left out. */
typedef ddn_status (*ddni_entry_fn)(ddn_context *ctx, const char *name, int32_t folder,
                                    int64_t bytes, void *user);
ddn_status ddni_folder_read(ddn_context *ctx, const char *path, ddni_entry_fn fn, void *user);

/* A file as memory: its bytes are read when they are looked at, and given up for others. On POSIX
 * systems, who cuts it short ends the process that looks behind the end (SIGBUS). */
typedef struct ddni_map {
    const uint8_t *at; /* the first byte of the file; NULL: no map */
    int64_t bytes;
    int64_t modified; /* when the file was, in units of the system */
    int fd;
} ddni_map;

/* The file stays open for the map alone when f is closed. */
ddn_status ddni_file_map(ddn_context *ctx, const ddni_file *f, ddni_map *map);
/* A map that is none is a no-op. */
void ddni_file_unmap(ddni_map *map);
/* Whether the file has another size or was written since. Any thread. */
int32_t ddni_file_changed(const ddni_map *map);
/* Has the system read count bytes from `first` on without waiting for them. Any thread. */
void ddni_file_ahead(const ddni_map *map, int64_t first, int64_t count);

/* A hint that a large block of memory, such as points, is read row by row and column by column: in
 * small pages it takes longer to find where numbers are than to add them up. Changes no byte. */
void ddni_memory_is_large(void *block, int64_t bytes);

/* Makes path a file of these bytes, or leaves what is there as it is: the bytes go to a temporary
 * file in the same folder, onto the disk, and only then to their name. */
ddn_status ddni_file_replace(ddn_context *ctx, const char *path, const void *bytes, int64_t count,
                             ddni_look_fn look);

/* What os.c and os_windows.c share (os_files.c): the path, or the end of a long one, for error
 * texts; the name of a temporary file beside it, short however long the file's is; failures; a file
 * that was opened, accepted or refused and closed; all bytes written. */
const char *ddni_end_of_path(const char *path);
enum {
    DDNI_TEMPORARY = 23, /* its bytes beyond strlen(path) */
    DDNI_ATTEMPTS = 100  /* at one that is not taken */
};
void ddni_temporary_name(const char *path, uint64_t number, char *temporary);
#define DDNI_NEXT_NUMBER 0x9e3779b97f4a7c15U /* where that one is taken */
ddn_status ddni_file_fail(ddn_context *ctx, const char *name, const char *verb, int error);
ddn_status ddni_file_accept(ddn_context *ctx, ddni_file *f, int32_t regular, int64_t bytes);
ddn_status ddni_file_write(ddn_context *ctx, const ddni_file *f, const void *bytes, int64_t count,
                           ddni_look_fn look);

/* What either has for these: the system's text for an error, empty if there is none; up to *count
 * bytes read or written, of which *count becomes how many were, 0 at the end of the file. */
enum {
    DDNI_ERROR_TEXT = 128
};
void ddni_error_text(int error, char text[DDNI_ERROR_TEXT]);
ddn_status ddni_file_read_part(ddn_context *ctx, const ddni_file *f, int64_t offset, void *to,
                               int64_t *count);
ddn_status ddni_file_write_part(ddn_context *ctx, const ddni_file *f, const void *from,
                                int64_t *count);

/* Time since some moment in the past. */
int64_t ddni_nanoseconds(void);

/* Lets 0.05 ms pass. */
void ddni_pause(void);

/* Tells this process from the one that it was forked from. */
int64_t ddni_process(void);

/* Starts a thread to which no signal is delivered: signals are the host's. 0 if the system refuses.
 */
int32_t ddni_thread_start(pthread_t *thread, void *(*body)(void *), void *arg);

#endif
