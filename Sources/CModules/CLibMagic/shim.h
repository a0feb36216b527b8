#include <magic.h>

#ifdef __linux__
#include <stddef.h>

// The database that .ci/build-static links into the executable. Elsewhere there is none, and the addresses are null.
extern const char preflight_database[] __attribute__((weak));
extern const char preflight_database_end[] __attribute__((weak));

static inline const void *built_in_database(void) { return preflight_database; }
static inline size_t built_in_database_size(void) { return preflight_database_end - preflight_database; }

// glibc declares it for _GNU_SOURCE alone, which a module can't ask for.
extern int memfd_create(const char *name, unsigned int flags);
#endif
