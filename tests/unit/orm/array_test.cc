#include <catch2/catch.hpp>

#include "ormdb/nlohmann_json.h"
#include "ormdb/orm.h"
#include "unit/orm/engines.h"

namespace tagged {

enum class Colour { kRed, kBlue };

/// Kept as the text of a number in JSON.
struct Money {
  int cents{};
  bool operator==(const Money&) const = default;
};

}  // namespace tagged

template <>
struct ormdb::enum_names<tagged::Colour> {
  static constexpr std::string_view name = "colour";
  static constexpr std::string_view values[] = {"red", "blue"};
};
template <>
struct ormdb::codec<tagged::Money> {
  using stored = std::string;
  static std::string to(const tagged::Money& money) { return std::to_string(money.cents); }
  static tagged::Money from(const std::string& text) { return {std::stoi(text)}; }
};

namespace tagged {

using namespace ormdb;

struct Item {
  std::int64_t id{};
  std::vector<std::string> tags{};
  std::vector<std::int32_t> numbers{};
  std::vector<bool> flags{};
  std::vector<double> reals{};
  std::vector<std::optional<std::int64_t>> holes{};
  std::vector<Colour> colours{};
  std::vector<Blob> blobs{};
  std::vector<Uuid> uuids{};
  std::vector<SysTime> times{};
  std::vector<Date> days{};
  std::vector<Interval> spans{};
  std::vector<Numeric> prices{};
  std::optional<std::vector<std::string>> maybe{};
  static void describe(TableOf<Item>& t) {
    t.name("item")
        .column<&Item::id>({.primary_key = true})
        .column<&Item::tags>({.length = 30})
        .column<&Item::numbers>()
        .column<&Item::flags>()
        .column<&Item::reals>()
        .column<&Item::holes>()
        .column<&Item::colours>()
        .column<&Item::blobs>()
        .column<&Item::uuids>()
        .column<&Item::times>()
        .column<&Item::days>()
        .column<&Item::spans>()
        .column<&Item::prices>({.type = "array(numeric(10,2))"})
        .column<&Item::maybe>();
  }
};

Item full_item() {
  Item item;
  item.tags = {"a", "", "b\"\\,{}", "NULL", "ünï"};
  item.numbers = {1, -2147483648};
  item.flags = {true, false};
  item.reals = {0.1, -1e300};
  item.holes = {1, std::nullopt, 3};
  item.colours = {Colour::kBlue, Colour::kRed};
  item.blobs = {Blob{std::string("\0\xff\\", 3)}, Blob{}};
  item.uuids = {Uuid::parse("01234567-89ab-cdef-0123-456789abcdef")};
  item.times = {SysTime(std::chrono::microseconds(1700000000123456))};
  item.days = {Date(std::chrono::year(1912), std::chrono::month(2), std::chrono::day(29))};
  item.spans = {{14, -3, -5000001}};
  item.prices = {Numeric("12.50")};
  return item;
}

void check_equal(const Item& read, const Item& given) {
  CHECK(read.tags == given.tags);
  CHECK(read.numbers == given.numbers);
  CHECK(read.flags == given.flags);
  CHECK(read.reals == given.reals);
  CHECK(read.holes == given.holes);
  CHECK(read.colours == given.colours);
  CHECK(read.blobs == given.blobs);
  CHECK(read.uuids == given.uuids);
  CHECK(read.times == given.times);
  CHECK(read.days == given.days);
  CHECK(read.spans == given.spans);
  CHECK(read.prices == given.prices);
  CHECK(read.maybe == given.maybe);
}

TEST_CASE("An engine without arrays says so when the tables are created") {
  const auto models = Metadata::of<Item>();
  const Engine engine("sqlite://");
  CHECK_THROWS_WITH(models.create_all(engine),
                    "the column item.tags is an array, which sqlite has "
                    "not");
  Session db(engine, models);
  CHECK_THROWS_WITH(db.query<Item>().filter(col<&Item::tags>.has_value("a")).all(),
                    "sqlite has no arrays");
  db.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, tags JSON)");
  CHECK_THROWS_WITH(db.query<Item>().update({set_to<&Item::tags>(std::vector<std::string>{"a"})}),
                    "SQLite has no arrays");
}

TEST_CASE("Arrays come back as they went, one by one and in bulk") {
  const std::vector<std::string> urls = orm_test::fresh_urls();
  if (urls.size() < 2) return;
  const auto models = Metadata::of<Item>();
  const Engine engine(urls[1]);
  models.create_all(engine);
  Session db(engine, models);
  Item other = full_item();
  other.tags.clear();
  other.maybe = std::vector<std::string>{"x"};
  db.add(full_item());
  db.commit();
  std::vector<Item> more{full_item(), other};
  db.bulk_insert(more);
  db.expunge_all();
  check_equal(*db.get<Item>(1), full_item());
  check_equal(*db.get<Item>(2), full_item());
  check_equal(*db.get<Item>(3), other);
  db.get<Item>(3).set<&Item::tags>(std::vector<std::string>{"new"});
  db.commit();
  CHECK(db.execute("SELECT tags FROM item WHERE id = 3").text(0, 0) == "{new}");
  const auto json = to_json(db.get<Item>(1));
  std::string packed = json;
  std::erase(packed, ' ');
  CHECK(packed.find(R"("holes":[1,null,3])") != std::string::npos);
  check_equal(from_json<Item>(db, json), full_item());
  CHECK_THROWS_AS(from_json<Item>(db, R"({"numbers": [1, null]})"), ConversionError);
}

TEST_CASE("Arrays are asked for their elements") {
  const std::vector<std::string> urls = orm_test::fresh_urls();
  if (urls.size() < 2) return;
  const auto models = Metadata::of<Item>();
  const Engine engine(urls[1]);
  models.create_all(engine);
  Session db(engine, models);
  db.add(full_item());
  db.add(Item{.tags = {"a", "b"}, .numbers = {7}, .colours = {Colour::kRed}});
  db.commit();
  const auto count = [&](const Pred& condition) {
    return db.query<Item>().filter(condition).count();
  };
  CHECK(count(col<&Item::tags>.has_value("a")) == 2);
  CHECK(count(col<&Item::tags>.has_value("NULL")) == 1);
  CHECK(count(!col<&Item::numbers>.has_value(7)) == 1);
  CHECK(count(col<&Item::colours>.has_value(Colour::kBlue)) == 1);
  CHECK(count(col<&Item::tags>.has_all({"b", "a"})) == 1);
  CHECK(count(col<&Item::tags>.has_any({"b", "NULL"})) == 2);
  CHECK(count(col<&Item::tags> == std::vector<std::string>{"a", "b"}) == 1);
  CHECK(count(col<&Item::maybe> == std::nullopt) == 2);
  CHECK(count(array_length(col<&Item::tags>) > 2) == 1);
  // Several dimensions are no std::vector.
  db.execute("UPDATE item SET numbers = '{{1,2},{3,4}}'");
  db.expire_all();
  CHECK_THROWS_WITH(db.get<Item>(1)->id, Catch::Matchers::Contains("item.numbers") ||
                                             Catch::Matchers::Contains("numbers: "));
}

struct Document {
  std::int64_t id{};
  nlohmann::json data{};
  Serialized<Money> price{};
  static void describe(TableOf<Document>& t) {
    t.name("document")
        .column<&Document::id>({.primary_key = true})
        .column<&Document::data>()
        .column<&Document::price>();
  }
};

TEST_CASE("nlohmann::json and Serialized are columns of JSON") {
  const auto models = Metadata::of<Document>();
  const std::vector<std::string> urls = orm_test::fresh_urls();
  const Engine engine(GENERATE_REF(from_range(urls)));
  models.create_all(engine);
  Session db(engine, models);
  db.add(Document{.data = {{"a", {1, 2}}, {"b", "x"}}, .price = {Money{250}}});
  db.commit();
  db.expunge_all();
  CHECK(db.get<Document>(1)->data["a"][1] == 2);
  CHECK(db.get<Document>(1)->price.value == Money{250});
  CHECK(db.query<Document>().filter(col<&Document::data>["b"] == "x").count() == 1);
  db.get<Document>(1).set<&Document::data>(nlohmann::json{{"c", true}});
  db.commit();
  CHECK(db.execute("SELECT data FROM document").text(0, 0) == R"({"c":true})");
}

}  // namespace tagged
