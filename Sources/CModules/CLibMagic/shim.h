#include <magic.h>

#ifdef __linux__
// glibc declares it for _GNU_SOURCE alone, which a module can't ask for.
extern int memfd_create(const char *name, unsigned int flags);
#endif
