/* Names and texts of status codes. */
#include <diffdyn/base.h>

const char *ddn_status_name(ddn_status status)
{
    switch (status) {
#define DDNI_NAME(name, value, text)                                                               \
    case value:                                                                                    \
        return #name;
        DDN_STATUS_LIST(DDNI_NAME)
#undef DDNI_NAME
    default:
        return "unknown status";
    }
}

const char *ddn_status_text(ddn_status status)
{
    switch (status) {
#define DDNI_TEXT(name, value, text)                                                               \
    case value:                                                                                    \
        return text;
        DDN_STATUS_LIST(DDNI_TEXT)
#undef DDNI_TEXT
    default:
        return "unknown status";
    }
}

const char *ddn_version_string(void)
{
    return DDN_VERSION_STRING;
}

int32_t ddn_version_number(void)
{
    return DDN_VERSION;
}
