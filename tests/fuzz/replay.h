/* The programs that fuzz without libFuzzer, given files: each is one input. Include it where
 * LLVMFuzzerTestOneInput has been declared. */
#ifndef TEST_FUZZ_REPLAY_H
#define TEST_FUZZ_REPLAY_H

#include <stdint.h>
#include <stdio.h>

static int replay(const char *path)
{
    static uint8_t bytes[1 << 20];
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return 1;
    }
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return LLVMFuzzerTestOneInput(bytes, size);
}

/* 0 if all could be read. */
static int replay_all(int count, char **paths)
{
    int failed = 0;
    for (int k = 0; k < count; k++) {
        failed |= replay(paths[k]);
    }
    return failed;
}

#endif
