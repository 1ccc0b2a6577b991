/* Reading of tests/data/reference.json. */
#include "support/reference.h"

#include "support/fixtures.h"

static json_t *load(const char *name)
{
    char path[1024];
    json_error_t error;
    json_t *root = json_load_file(test_data_path(name, path), 0, &error);
    if (root == NULL) {
        print_error("%s: %s\n", path, error.text);
        fail();
    }
    return root;
}

json_t *ref_get(const json_t *object, const char *name)
{
    json_t *member = json_object_get(object, name);
    if (member == NULL) {
        print_error("no member %s in the reference\n", name);
        fail();
    }
    return member;
}

json_t *ref_at(const char *path)
{
    static json_t *root;
    if (root == NULL) {
        root = load("reference.json");
    }
    char part[128];
    json_t *at = root;
    for (const char *p = path; *p != '\0';) {
        size_t length = strcspn(p, ".");
        snprintf(part, sizeof part, "%.*s", (int)length, p);
        at = ref_get(at, part);
        p += length + (p[length] == '.');
    }
    return at;
}

static double number(const json_t *value, const char *name)
{
    if (!json_is_number(value)) {
        print_error("%s is not a number in the reference\n", name);
        fail();
    }
    return json_number_value(value);
}

double ref_number(const json_t *object, const char *name)
{
    return number(ref_get(object, name), name);
}

double ref_element(const json_t *object, const char *name, int64_t i)
{
    return number(json_array_get(ref_get(object, name), (size_t)i), name);
}

int64_t ref_length(const json_t *object, const char *name)
{
    return (int64_t)json_array_size(ref_get(object, name));
}

static int64_t flatten(const json_t *value, double *out, int64_t capacity, int64_t used)
{
    if (!json_is_array(value)) {
        assert_true(used < capacity);
        out[used] = number(value, "element");
        return used + 1;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        used = flatten(json_array_get(value, i), out, capacity, used);
    }
    return used;
}

int64_t ref_numbers(const json_t *object, const char *name, double *out, int64_t capacity)
{
    return flatten(ref_get(object, name), out, capacity, 0);
}
