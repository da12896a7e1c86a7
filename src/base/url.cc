// Database URLs, by SQLAlchemy's rules (sqlalchemy/engine/url.py, _parse_url): the user ends at the
// first ':', the password at the last '@' before the path.
#include <algorithm>
#include <vector>

#include "base/text.h"
#include "ormdb/connection.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

struct Scheme {
  std::string_view name;
  std::string_view dialect;
};

constexpr Scheme kSchemes[] = {
    {"sqlite", "sqlite"},       {"sqlite3", "sqlite"}, {"postgresql", "postgresql"},
    {"postgres", "postgresql"}, {"mysql", "mysql"},    {"mariadb", "mysql"},
};

constexpr char kForm[] = "dialect://user:password@host:port/name?option=value";

std::vector<std::string> scheme_names() {
  std::vector<std::string> names;
  for (const Scheme& scheme : kSchemes) names.emplace_back(scheme.name);
  return names;
}

// No message quotes the URL: it may hold a password.
Error bad_url(const std::string& what) {
  return Error(ErrorKind::kConfig, "invalid database URL: " + what)
      .hint(std::string("a URL reads ") + kForm + "; a file is sqlite:///name.db");
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A % without two hex digits stands for itself, as in Python's unquote.
std::string decode(std::string_view text, bool plus_is_space = false) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      result += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  if (result.find('\0') != result.npos) throw bad_url("it holds a NUL character");
  return result;
}

bool is_one_of(char c, std::string_view set) { return set.find(c) != set.npos; }

// RFC 3986, section 2.3.
bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         is_one_of(c, "-._~");
}

std::string encode(std::string_view text, std::string_view kept) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x80 || is_unreserved(c) || is_one_of(c, kept);
    if (plain) {
      result += c;
    } else {
      result.append("%").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15U]);
    }
  }
  return result;
}

// Takes "dialect[+driver]://" off `rest`.
void parse_scheme(std::string_view& rest, Url& url) {
  const std::size_t end = rest.find("://");
  if (end == rest.npos) throw bad_url("it has no '://'");
  const std::string_view whole = rest.substr(0, end);
  const std::size_t plus = std::min(whole.find('+'), whole.size());
  url.scheme = whole.substr(0, plus);
  url.driver = whole.substr(std::min(plus + 1, whole.size()));
  rest.remove_prefix(end + 3);
  const std::string lower = to_lower(url.scheme);
  for (const Scheme& scheme : kSchemes) {
    if (scheme.name == lower) url.dialect = scheme.dialect;
  }
  if (!url.dialect.empty()) return;
  // A user who forgot the scheme may have put a password before "://".
  const bool is_word =
      lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == lower.npos &&
      !lower.empty();
  if (!is_word) throw bad_url("it does not begin with a dialect");
  throw Error(ErrorKind::kConfig, "unknown dialect '" + url.scheme + "' in the database URL" +
                                      did_you_mean(lower, scheme_names()))
      .hint("known: " + join(scheme_names(), ", "))
      .candidates(scheme_names());
}

void parse_options(std::string_view text, Url& url) {
  for (const std::string& part : split(text, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string key = decode(std::string_view(part).substr(0, equals), true);
    if (key.empty()) throw bad_url("an option after '?' has no name");
    std::string value =
        decode(std::string_view(part).substr(std::min(equals + 1, part.size())), true);
    // Several hosts come as host=a&host=b (SQLAlchemy's spelling for libpq).
    std::string& stored = url.options[key];
    const bool joins = key == "host" && !stored.empty();
    stored = joins ? stored + "," + value : std::move(value);
  }
}

void check_port(std::string_view port) {
  const bool digits = port.find_first_not_of("0123456789") == port.npos;
  if (!digits || port.size() > 5 || (!port.empty() && std::stoi(std::string(port)) > 65535)) {
    throw bad_url("the port must be a number up to 65535")
        .hint(
            "a password with special characters must be percent-encoded: @ is %40, / is %2F, "
            ": is %3A");
  }
}

// Hexadecimal digits, and a zone after %.
bool is_address(std::string_view text) {
  const std::size_t zone = std::min(text.find('%'), text.size());
  const auto is_known = [](char c) { return is_unreserved(c) || c == ':' || c == '%'; };
  return text.substr(0, zone).find_first_not_of("0123456789abcdefABCDEF:.") == text.npos &&
         std::all_of(text.begin(), text.end(), is_known);
}

// "host", "host:port", "[::1]:port".
void parse_host(std::string_view text, std::string& host, std::string& port) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) throw bad_url("a '[' of an IPv6 address is not closed");
    host = text.substr(1, end - 1);
    if (host.find(':') == host.npos || !is_address(host)) {
      throw bad_url("what stands in '[…]' is no IPv6 address");
    }
    text.remove_prefix(end + 1);
    if (!text.empty() && !text.starts_with(':')) throw bad_url("text after ']'");
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    host = decode(text.substr(0, colon));
    text.remove_prefix(colon);
  }
  port = text.empty() ? "" : text.substr(1);
  check_port(port);
}

void parse_hosts(std::string_view text, Url& url) {
  std::vector<std::string> hosts, ports;
  for (const std::string& part : split(text, ',')) {
    parse_host(part, hosts.emplace_back(), ports.emplace_back());
  }
  url.host = join(hosts, ",");
  const bool any_port = std::any_of(ports.begin(), ports.end(),
                                    [](const std::string& port) { return !port.empty(); });
  if (any_port) url.port = join(ports, ",");
}

// "[::1]", "host:5432", "a:1,b:2".
bool looks_like_host(std::string_view text) {
  const std::string_view tail = text.substr(text.rfind(':') + 1);
  return text.starts_with('[') || tail.find_first_not_of("0123456789") == tail.npos;
}

// The '@' that ends user and password, or npos. A password may hold '/', '?' and '@': it ends at
// the last '@' of the part that holds the first one. Without a ':' before it, or in the options of
// a URL with a port, an '@' is just that.
std::size_t credentials_end(std::string_view text) {
  const std::size_t first = text.find('@');
  const std::size_t stop = text.find_first_of("/?");
  if (first == text.npos) return first;
  if (first > stop) {
    if (text.find(':') > stop) return text.npos;
    if (first > text.find('?') && looks_like_host(text.substr(0, stop))) return text.npos;
  }
  return text.substr(0, text.find_first_of("/?", first)).rfind('@');
}

void parse_server(std::string_view text, Url& url) {
  const std::size_t at = credentials_end(text);
  if (at != text.npos) {
    const std::string_view credentials = text.substr(0, at);
    const std::size_t colon = std::min(credentials.find(':'), credentials.size());
    url.user = decode(credentials.substr(0, colon));
    url.password = decode(credentials.substr(std::min(colon + 1, credentials.size())));
    text.remove_prefix(at + 1);
  }
  const std::size_t host_end = std::min(text.find_first_of("/?"), text.size());
  parse_hosts(text.substr(0, host_end), url);
  text.remove_prefix(host_end);
  const std::size_t question = std::min(text.find('?'), text.size());
  if (question > 0) url.database = decode(text.substr(1, question - 1));
  parse_options(text.substr(std::min(question + 1, text.size())), url);
}

void parse_sqlite(std::string_view text, Url& url) {
  if (!text.empty() && !text.starts_with('/') && !text.starts_with('?')) {
    throw bad_url("SQLite takes no host or user")
        .hint("sqlite:///relative.db has three slashes, sqlite:////absolute.db four");
  }
  const std::size_t question = std::min(text.find('?'), text.size());
  if (question > 0) url.database = decode(text.substr(1, question - 1));
  if (url.database == ":memory:") url.database.clear();
  parse_options(text.substr(std::min(question + 1, text.size())), url);
}

bool is_secret_option(const std::string& key) {
  const std::string lower = to_lower(key);
  return lower.find("password") != lower.npos || lower.find("passwd") != lower.npos ||
         lower == "passfile";
}

// Hosts and their ports, IPv6 addresses in brackets.
std::string host_text(const Url& url) {
  const std::vector<std::string> hosts = split(url.host, ',');
  const std::vector<std::string> ports = split(url.port, ',');
  std::string result;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (i > 0) result += ',';
    result += hosts[i].find(':') == hosts[i].npos ? encode(hosts[i], "") : "[" + hosts[i] + "]";
    if (i < ports.size() && !ports[i].empty()) result += ":" + ports[i];
  }
  return result;
}

}  // namespace

Url parse_url(std::string_view text) {
  Url url;
  std::string_view rest = trim(text);
  if (rest.empty()) throw bad_url("it is empty");
  parse_scheme(rest, url);
  if (url.dialect == "sqlite") {
    parse_sqlite(rest, url);
  } else {
    parse_server(rest, url);
  }
  return url;
}

std::string masked(const Url& url) {
  std::string result = url.scheme;
  if (!url.driver.empty()) result += "+" + url.driver;
  result += "://";
  if (!url.user.empty() || !url.password.empty()) {
    result += encode(url.user, "");
    if (!url.password.empty()) result += ":***";
    result += '@';
  }
  result += host_text(url);
  if (!url.database.empty()) result += "/" + encode(url.database, "/:");
  char separator = '?';
  for (const auto& [key, value] : url.options) {
    result +=
        separator + encode(key, "") + "=" + (is_secret_option(key) ? "***" : encode(value, "/:,"));
    separator = '&';
  }
  return result;
}

}  // namespace ormdb
