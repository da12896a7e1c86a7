#include "dialect/postgresql/client.h"

#ifndef ORMDB_LINK_LIBPQ
#include <dlfcn.h>
#endif

#include <string>

#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

#ifdef ORMDB_LINK_LIBPQ

Client open_client() {
  Client client;
#define ORMDB_TAKE_FUNCTION(name) client.name = &::name;
  ORMDB_LIBPQ_FUNCTIONS(ORMDB_TAKE_FUNCTION)
#undef ORMDB_TAKE_FUNCTION
  return client;
}

#else

#ifdef __APPLE__
constexpr char kLibrary[] = "libpq.5.dylib";
#else
constexpr char kLibrary[] = "libpq.so.5";
#endif

Error unusable(const std::string& why) {
  return Error(ErrorKind::kUnsupported, "PostgreSQL needs its client library: " + why)
      .hint("install it (Debian, Ubuntu: apt-get install libpq5)");
}

void* function_address(void* library, const char* name) {
  void* address = dlsym(library, name);
  if (address == nullptr) {
    throw unusable(std::string(kLibrary) + " is too old, it has no " + name);
  }
  return address;
}

Client open_client() {
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* words = dlerror();
    throw unusable(words == nullptr ? std::string(kLibrary) + " cannot be loaded" : words);
  }
  Client client;
#define ORMDB_TAKE_FUNCTION(name) \
  client.name = reinterpret_cast<decltype(client.name)>(function_address(library, #name));
  ORMDB_LIBPQ_FUNCTIONS(ORMDB_TAKE_FUNCTION)
#undef ORMDB_TAKE_FUNCTION
  return client;
}

#endif

}  // namespace

const Client& client() {
  static const Client opened = open_client();
  return opened;
}

}  // namespace ormdb::postgresql
