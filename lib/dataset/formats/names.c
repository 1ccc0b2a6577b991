/* The names of members; see names.h. */
#include "dataset/formats/names.h"

#include <string.h>

#include "base/check.h"
#include "base/message.h"

enum {
    LIST = 200, /* characters for names in a text */
    KNOWN = 7
};

/* Names that points and labels go by, in the order of preference; the last columns belong to the
 * part of a set that models are trained on. */
static const char *const POINTS[2][KNOWN] = {
    {"data", "x", "images", "points", "samples", "features", NULL},
    {"x_train", "train_x", "train_images", "train_data", "data_train", "images_train", NULL}};
static const char *const LABELS[2][KNOWN] = {
    {"labels", "label", "y", "targets", "target", "classes", NULL},
    {"y_train", "train_y", "train_labels", "train_targets", "labels_train", "label_train", NULL}};

static int32_t lower(int32_t c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* Whether a member has this name, or with .npy behind it; capitals as small letters if `loose`. */
static int32_t has_name(const char *member, const char *name, int32_t loose)
{
    size_t k = 0;
    while (name[k] != '\0' && (member[k] == name[k] || (loose && lower(member[k]) == name[k]))) {
        k++;
    }
    return name[k] == '\0' && (member[k] == '\0' || strcmp(member + k, ".npy") == 0);
}

/* The members of that name: their number, and where the first and the last are. */
static int64_t count_name(const ddni_names *n, const char *name, int32_t loose, int64_t *first,
                          int64_t *last)
{
    char member[DDNI_MEMBER_NAME];
    int64_t found = 0, at = 0;
    for (int64_t here = 0; n->next(n->of, &at, member) != 0; here = at) {
        if (has_name(member, name, loose)) {
            *first = found++ == 0 ? here : *first;
            *last = here;
        }
    }
    return found;
}

/* "a, b, c", or "a, b, ..." where there is no room for more: the arrays. Their number, and where
 * the last is. */
static int64_t list_arrays(const ddni_names *n, char text[LIST], int64_t *last)
{
    char member[DDNI_MEMBER_NAME];
    int64_t count = 0, at = 0;
    int32_t kind, full = 0;
    text[0] = '\0';
    for (int64_t here = 0; (kind = n->next(n->of, &at, member)) != 0; here = at) {
        if (kind == DDNI_MEMBER_ARRAY) {
            size_t used = strlen(text);
            if (!full) {
                full = used + sizeof ", " + 40 + sizeof ", ..." > LIST;
                ddni_say(text + used, (int64_t)(LIST - used), "%s%.40s", count > 0 ? ", " : "",
                         full ? "..." : member);
            }
            *last = here;
            count++;
        }
    }
    return count;
}

ddn_status ddni_names_find(ddn_context *ctx, const ddni_names *n, const char *name, int64_t *at)
{
    int64_t last;
    int64_t found = count_name(n, name, 0, at, &last);
    if (found == 0) {
        char list[LIST];
        int64_t arrays = list_arrays(n, list, &last);
        return ddni_fail(ctx, DDN_E_FORMAT, "%s: has no member '%.100s'; there %s %s", n->file,
                         name, arrays == 1 ? "is" : "are", arrays == 0 ? "no arrays" : list);
    }
    DDNI_CHECK(ctx, found == 1, DDN_E_FORMAT, "%s: several members are called '%.100s'", n->file,
               name);
    return DDN_OK;
}

static void name_at(const ddni_names *n, int64_t at, char name[DDNI_MEMBER_NAME])
{
    n->next(n->of, &at, name);
}

/* The first of the names in a row that the archive has; *at is -1 without. Two that differ in
 * capitals alone are not told apart. */
static ddn_status find_known(ddn_context *ctx, const ddni_names *n, const char *const row[KNOWN],
                             int64_t *at)
{
    *at = -1;
    for (int k = 0; row[k] != NULL && *at < 0; k++) {
        int64_t last;
        if (count_name(n, row[k], 1, at, &last) > 1) {
            char one[DDNI_MEMBER_NAME], other[DDNI_MEMBER_NAME];
            name_at(n, *at, one);
            name_at(n, last, other);
            return strcmp(one, other) == 0
                       ? ddni_fail(ctx, DDN_E_FORMAT, "%s: several members are called '%.100s'",
                                   n->file, one)
                       : ddni_fail(ctx, DDN_E_FORMAT,
                                   "%s: has '%.100s' and '%.100s'; name one behind a colon, as in "
                                   "%s:%.100s",
                                   n->file, one, other, n->example, row[k]);
        }
    }
    return DDN_OK;
}

ddn_status ddni_names_choose(ddn_context *ctx, const ddni_names *n, int32_t labels, int64_t *at,
                             int64_t *beside)
{
    char list[LIST];
    int64_t last = 0, ignored;
    int64_t arrays = list_arrays(n, list, &last);
    *beside = -1;
    for (int k = 0; k < 2; k++) {
        DDNI_TRY(find_known(ctx, n, labels ? LABELS[k] : POINTS[k], at));
        if (*at >= 0) {
            return labels ? DDN_OK : find_known(ctx, n, LABELS[k], beside);
        }
    }
    *at = last;
    if (arrays == 1 || (arrays > 0 && !labels && count_name(n, "arr_0", 0, at, &ignored) > 0)) {
        return DDN_OK;
    }
    DDNI_CHECK(ctx, arrays > 0, DDN_E_FORMAT, "%s: %s", n->file, n->nothing);
    return ddni_fail(ctx, DDN_E_FORMAT,
                     "%s: which member has the %s? Name it behind a colon, as in %s:name; there "
                     "are %s",
                     n->file, labels ? "labels" : "points", n->example, list);
}
