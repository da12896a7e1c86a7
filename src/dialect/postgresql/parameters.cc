#include "dialect/postgresql/parameters.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/text.h"
#include "dialect/postgresql/client.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

struct FreeDefaults {
  void operator()(PQconninfoOption* options) const { client().PQconninfoFree(options); }
};

// Every keyword that libpq knows, with the value that it would use.
std::map<std::string, std::string> libpq_defaults() {
  const std::unique_ptr<PQconninfoOption, FreeDefaults> options(client().PQconndefaults());
  std::map<std::string, std::string> defaults;
  for (const PQconninfoOption* option = options.get();
       option != nullptr && option->keyword != nullptr; ++option) {
    defaults[option->keyword] = option->val == nullptr ? "" : option->val;
  }
  return defaults;
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

Error unknown_option(const std::string& key, const Url& url,
                     const std::map<std::string, std::string>& known) {
  std::vector<std::string> names;
  for (const auto& [name, value] : known) names.push_back(name);
  return Error(ErrorKind::kConfig,
               "unknown option '" + key + "' in the URL " + masked(url) + did_you_mean(key, names))
      .hint(
          "the options of a PostgreSQL URL are libpq's: sslmode, connect_timeout, host, service …")
      .candidates(names);
}

// SQLAlchemy's host=a:5432&host=b:5433, which parse_url() has joined with commas.
void split_ports(std::map<std::string, std::string>& values) {
  std::vector<std::string> hosts, ports;
  bool any = false;
  for (const std::string& host : split(values["host"], ',')) {
    const std::size_t colon = host.find(':');
    const bool port = colon != host.npos && host.find(':', colon + 1) == host.npos;
    any = any || (port && !host.starts_with('/'));
    hosts.push_back(port ? host.substr(0, colon) : host);
    ports.push_back(port ? host.substr(colon + 1) : "");
  }
  if (!any) return;
  values["host"] = join(hosts, ",");
  values["port"] = join(ports, ",");
}

void set_if(std::map<std::string, std::string>& values, const char* keyword,
            const std::string& value) {
  if (!value.empty()) values[keyword] = value;
}

std::map<std::string, std::string> stated(const Url& url) {
  std::map<std::string, std::string> values;
  set_if(values, "host", url.host);
  set_if(values, "port", url.port);
  set_if(values, "user", url.user);
  set_if(values, "password", url.password);
  set_if(values, "dbname", url.database);
  for (const auto& [key, value] : url.options) {
    // As JDBC and asyncpg spell it.
    if (key == "ssl") {
      values["sslmode"] = value == "true" || value == "1" ? "require" : value;
    } else {
      values[key] = value;
    }
  }
  if (url.options.contains("host") && !url.options.contains("port")) split_ports(values);
  return values;
}

std::string stated_or_default(const Url& url, const char* keyword) {
  const std::map<std::string, std::string> values = stated(url);
  const auto found = values.find(keyword);
  return found == values.end() ? libpq_defaults()[keyword] : found->second;
}

}  // namespace

std::vector<Parameter> connection_parameters(const Url& url) {
  const std::map<std::string, std::string> known = libpq_defaults();
  std::map<std::string, std::string> values = stated(url);
  for (const auto& [key, value] : values) {
    if (!known.contains(key)) throw unknown_option(key, url, known);
  }
  const bool service = values.contains("service") || is_set("PGSERVICE");
  if (!values.contains("connect_timeout") && !service && !is_set("PGCONNECT_TIMEOUT")) {
    values["connect_timeout"] = "10";
  }
  values.emplace("fallback_application_name", "ormdb");
  values["client_encoding"] = "UTF8";
  std::vector<Parameter> parameters;
  for (const auto& [key, value] : values) parameters.push_back({key, value});
  return parameters;
}

namespace {

// What only libpq can read. The attempt to connect is not waited for.
std::string database_of_service(const Url& url) {
  std::vector<const char*> keywords, values;
  const std::vector<Parameter> parameters = connection_parameters(url);
  for (const Parameter& parameter : parameters) {
    keywords.push_back(parameter.keyword.c_str());
    values.push_back(parameter.value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  const Handle handle(client().PQconnectStartParams(keywords.data(), values.data(), 0));
  const char* const name = handle == nullptr ? nullptr : client().PQdb(handle.get());
  return name == nullptr ? "" : name;
}

}  // namespace

std::string database_user(const Url& url) { return stated_or_default(url, "user"); }

std::string database_name(const Url& url) {
  // A service's word counts more than PGDATABASE.
  if (url.options.contains("service") && !stated(url).contains("dbname")) {
    return database_of_service(url);
  }
  const std::string name = stated_or_default(url, "dbname");
  return name.empty() ? database_user(url) : name;
}

Url with_database(const Url& url, const std::string& database) {
  Url other = url;
  other.options.erase("dbname");
  other.database = database;
  return other;
}

}  // namespace ormdb::postgresql
