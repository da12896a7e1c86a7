// Identity lookups by keys that are no integers, against unordered_map::find on the same keys.
#include <unordered_map>

#include "bench.h"

namespace {

using namespace ormdb;

struct Hash {
  std::size_t operator()(const Uuid& uuid) const {
    return std::hash<std::string_view>()(
        {reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()});
  }
  std::size_t operator()(const std::pair<std::int64_t, std::int64_t>& key) const {
    return std::hash<std::int64_t>()(key.first * 1'000'003 + key.second);
  }
};

std::string text_key(std::int64_t i) { return "person" + std::to_string(i) + "@example.com"; }
Uuid uuid_key(std::int64_t i) {
  Uuid uuid;
  for (std::size_t j = 0; j < 8; ++j) {
    uuid.bytes[j] = static_cast<std::uint8_t>((i * 0x2545F4914F6CDD1D) >> (8 * j));
    uuid.bytes[j + 8] = static_cast<std::uint8_t>(i >> (8 * j));
  }
  return uuid;
}
constexpr std::int64_t kColumns = 100;

template <typename Key>
std::vector<Key> keys_of(const Setting& setting, Key (*key)(std::int64_t)) {
  std::vector<Key> keys;
  for (const std::int64_t i : shuffled(setting.rows)) keys.push_back(key(i));
  return keys;
}
std::pair<std::int64_t, std::int64_t> pair_key(std::int64_t i) {
  return {i / kColumns, i % kColumns};
}

/// All rows are loaded, and found by `get`.
template <typename T, typename Make, typename Get, typename Keys>
double orm_hits(const Setting& setting, const Keys& keys, Make make, Get get) {
  const Engine engine = bench_engine(setting);
  Session db(engine, bench_models());
  std::vector<T> rows;
  for (std::int64_t i = 0; i < setting.rows; ++i) rows.push_back(make(i));
  db.bulk_insert(rows);
  const auto all = db.query<T>().all();
  std::int64_t sum = 0;
  const double time = seconds([&] {
    for (const auto& key : keys) sum += get(db, key)->value;
  });
  require(sum == setting.rows * (setting.rows - 1) / 2);
  return time;
}

template <typename Key, typename T>
double map_hits(const Setting& setting, const std::vector<Key>& keys, Key (*key)(std::int64_t)) {
  std::unordered_map<
      Key, T, std::conditional_t<std::is_same_v<Key, std::string>, std::hash<std::string>, Hash>>
      all;
  all.reserve(keys.size());
  for (std::int64_t i = 0; i < setting.rows; ++i) all[key(i)].value = i;
  std::int64_t sum = 0;
  const double time = seconds([&] {
    for (const Key& wanted : keys) sum += all.find(wanted)->second.value;
  });
  require(sum == setting.rows * (setting.rows - 1) / 2);
  return time;
}

double orm_text(const Setting& setting) {
  return orm_hits<Word>(
      setting, keys_of(setting, &text_key),
      [](std::int64_t i) { return Word{.id = text_key(i), .value = i}; },
      [](Session& db, const std::string& key) { return db.get<Word>(key); });
}
double orm_uuid(const Setting& setting) {
  return orm_hits<Asset>(
      setting, keys_of(setting, &uuid_key),
      [](std::int64_t i) { return Asset{.id = uuid_key(i), .value = i}; },
      [](Session& db, const Uuid& key) { return db.get<Asset>(key); });
}
double orm_pair(const Setting& setting) {
  return orm_hits<Cell>(
      setting, keys_of(setting, &pair_key),
      [](std::int64_t i) { return Cell{.x = i / kColumns, .y = i % kColumns, .value = i}; },
      [](Session& db, const auto& key) {
        return db.get<Cell>({key.first, key.second});
      });
}
double map_text(const Setting& setting) {
  return map_hits<std::string, Word>(setting, keys_of(setting, &text_key), &text_key);
}
double map_uuid(const Setting& setting) {
  return map_hits<Uuid, Asset>(setting, keys_of(setting, &uuid_key), &uuid_key);
}
double map_pair(const Setting& setting) {
  using Key = std::pair<std::int64_t, std::int64_t>;
  return map_hits<Key, Cell>(setting, keys_of(setting, &pair_key), &pair_key);
}

}  // namespace

const std::vector<Benchmark>& key_benchmarks() {
  static const std::vector<Benchmark> kAll = {
      {"identity hit, text key", 2.00, &orm_text, &map_text},
      {"identity hit, uuid key", 2.00, &orm_uuid, &map_uuid},
      {"identity hit, two columns", 2.00, &orm_pair, &map_pair}};
  return kAll;
}
