#include "dialect/postgresql/search_path.h"

namespace ormdb::postgresql {

bool sets_search_path(const Url& url) {
  const auto options = url.options.find("options");
  return options != url.options.end() && options->second.find("search_path") != std::string::npos;
}

std::string search_path_sql(const Url& url) {
  if (sets_search_path(url)) return "";
  return "DO $$ BEGIN PERFORM pg_catalog.set_config('search_path', " + std::string(kPublicFirst) +
         ", false); END $$";
}

}  // namespace ormdb::postgresql
