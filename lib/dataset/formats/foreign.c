/* Files that are not read but well known: what they are, and the Python that converts them. */
#include <string.h>

#include "base/message.h"
#include "dataset/formats/format.h"

typedef struct foreign {
    int64_t at, count; /* magic[count] at this place of the head */
    const char *magic, *what, *convert;
} foreign;

#define SAVE "; numpy.save(\"x.npy\", x)"

static const foreign KNOWN[] = {
    {0, 10, "MATLAB 5.0", "MATLAB",
     "import scipy.io, numpy; x = scipy.io.loadmat(file)[\"NAME\"]" SAVE},
    {16, 4, "\xde\xc0\xef\xbe", "LMDB",
     "import lmdb, numpy; x = numpy.stack([decode(v) for _, v in "
     "lmdb.open(folder, readonly=True).begin().cursor()])" SAVE},
    {0, 14, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", "of PyTorch before 1.6",
     "import torch, numpy; x = torch.load(file, map_location=\"cpu\").numpy()" SAVE},
    {0, 8, "\x89PNG\r\n\x1a\n", "a PNG image, which is read in a folder of images",
     "import numpy; from PIL import Image; x = "
     "numpy.stack([numpy.asarray(Image.open(f)) for f in files])" SAVE},
    {0, 3, "\xff\xd8\xff", "a JPEG image, which is read in a folder of images",
     "import numpy; from PIL import Image; x = "
     "numpy.stack([numpy.asarray(Image.open(f)) for f in files])" SAVE},
    {0, 4, "PAR1", "Parquet",
     "import pandas, numpy; x = pandas.read_parquet(file).to_numpy()" SAVE},
    {0, 4, "\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it first: zstd -d file"},
    {0, 6,
     "\xfd"
     "7zXZ\0",
     "compressed by xz", "unpack it first: xz -dk file"},
    {0, 3, "BZh", "compressed by bzip2", "unpack it first: bzip2 -dk file"},
};

static const foreign PICKLE = {
    0, 0, "", "a pickle",
    "import pickle, numpy; x = pickle.load(open(file, \"rb\"), encoding=\"bytes\"); "
    "x = x[b\"data\"] if isinstance(x, dict) else x" SAVE};
static const foreign SAFETENSORS = {
    0, 0, "", "safetensors",
    "import safetensors.numpy, numpy; x = safetensors.numpy.load_file(file)[\"NAME\"]" SAVE};
static const foreign TEXT = {0, 0, "", "text", "import numpy; x = numpy.loadtxt(file)" SAVE};
static const foreign COMMAS = {0, 0, "", "text",
                               "import numpy; x = numpy.loadtxt(file, delimiter=\",\")" SAVE};

static int32_t is_text(const ddni_source *s)
{
    int64_t k = 0;
    while (k < s->head_count && ((s->head[k] >= ' ' && s->head[k] <= '~') ||
                                 (s->head[k] >= '\t' && s->head[k] <= '\r'))) {
        k++;
    }
    return k > 0 && k == s->head_count;
}

static const foreign *recognise(const ddni_source *s)
{
    const uint8_t *head = s->head;
    for (size_t k = 0; k < sizeof KNOWN / sizeof KNOWN[0]; k++) {
        if (s->head_count >= KNOWN[k].at + KNOWN[k].count &&
            memcmp(head + KNOWN[k].at, KNOWN[k].magic, (size_t)KNOWN[k].count) == 0) {
            return &KNOWN[k];
        }
    }
    if (s->head_count >= 2 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5) {
        return &PICKLE;
    }
    if (s->head_count >= 10 && head[8] == '{' && head[9] == '"' &&
        (head[5] | head[6] | head[7]) == 0) {
        return &SAFETENSORS;
    }
    if (is_text(s)) {
        return memchr(head, ',', (size_t)s->head_count) != NULL ? &COMMAS : &TEXT;
    }
    return NULL;
}

void ddni_foreign_hint(const ddni_source *s, char *text, int64_t capacity)
{
    const foreign *f = recognise(s);
    text[0] = '\0';
    if (f != NULL) {
        ddni_say(text, capacity, "; this is %s. To convert: %s", f->what, f->convert);
    }
}
