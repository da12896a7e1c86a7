#include <catch2/catch.hpp>
#include <limits>

#include "ormdb/orm.h"
#include "unit/orm/engines.h"

namespace shop {

enum class Status { kDraft, kPublished, kGone };

struct ArticleId {
  std::int64_t value{};
  bool operator==(const ArticleId&) const = default;
};

struct Tags {
  std::string joined;
  bool operator==(const Tags&) const = default;
};

}  // namespace shop

template <>
struct ormdb::enum_names<shop::Status> {
  static constexpr std::string_view name = "status";
  static constexpr std::string_view values[] = {"draft", "published", "gone"};
};
template <>
struct ormdb::codec<shop::ArticleId> {
  using stored = std::int64_t;
  static std::int64_t to(const shop::ArticleId& id) { return id.value; }
  static shop::ArticleId from(std::int64_t value) { return {value}; }
};
template <>
struct ormdb::codec<shop::Tags> {
  using stored = std::string;
  static std::string to(const shop::Tags& tags) { return tags.joined; }
  static shop::Tags from(const std::string& text) { return {text}; }
};

namespace shop {

using namespace ormdb;

struct Audit {
  LocalTime created{};
  std::string by{};
  static void describe(TableOf<Audit>& t) {
    t.column<&Audit::created>().column<&Audit::by>({.length = 20});
  }
};

class Article {
 public:
  ArticleId id{};
  bool flag{};
  std::int16_t small{};
  std::uint16_t small_unsigned{};
  std::int32_t medium{};
  std::uint32_t medium_unsigned{};
  std::int64_t big{};
  std::uint64_t big_unsigned{};
  float single{};
  double twice{};
  std::string text{};
  Numeric price{};
  Numeric exact{};
  Date day{std::chrono::year(1970), std::chrono::month(1), std::chrono::day(1)};
  TimeOfDay at{};
  LocalTime local{};
  SysTime utc{};
  Interval span{};
  Blob bytes{};
  Uuid uuid{};
  Json json{"{}"};
  Status status{};
  Tags tags{};
  std::optional<Status> maybe_status{};
  std::optional<Uuid> maybe_uuid{};
  std::optional<std::int32_t> maybe_number{};
  Audit audit{};

  const std::string& note() const { return note_; }
  void set_note(std::string note) { note_ = std::move(note); }
  static void describe(TableOf<Article>& t);

 private:
  std::string note_{};
};

void Article::describe(TableOf<Article>& t) {
  t.name("article")
      .column<&Article::id>({.primary_key = true})
      .column<&Article::flag>()
      .column<&Article::small>()
      .column<&Article::small_unsigned>()
      .column<&Article::medium>()
      .column<&Article::medium_unsigned>()
      .column<&Article::big>()
      .column<&Article::big_unsigned>()
      .column<&Article::single>()
      .column<&Article::twice>()
      .column<&Article::text>()
      .column<&Article::price>({.type = "numeric(10,2)"})
      .column<&Article::exact>()
      .column<&Article::day>()
      .column<&Article::at>()
      .column<&Article::local>()
      .column<&Article::utc>()
      .column<&Article::span>()
      .column<&Article::bytes>()
      .column<&Article::uuid>()
      .column<&Article::json>()
      .column<&Article::status>()
      .column<&Article::tags>()
      .column<&Article::maybe_status>()
      .column<&Article::maybe_uuid>()
      .column<&Article::maybe_number>()
      .embed<&Article::audit>("audit_")
      .column<&Article::note_>();
}

struct Stock {
  std::string warehouse{};
  std::int64_t article{};
  std::int32_t count{};
  std::int64_t doubled{};
  static void describe(TableOf<Stock>& t) {
    t.name("stock")
        .column<&Stock::warehouse>({.length = 10})
        .column<&Stock::article>()
        .column<&Stock::count>({.check = "count >= 0"})
        .column<&Stock::doubled>({.generated = "count * 2"})
        .primary_key<&Stock::warehouse, &Stock::article>();
  }
};

struct Movement {
  std::int64_t id{};
  std::string warehouse{};
  std::int64_t article{};
  One<Stock> stock{};
  static void describe(TableOf<Movement>& t) {
    t.name("movement")
        .column<&Movement::id>({.primary_key = true})
        .column<&Movement::warehouse>()
        .column<&Movement::article>();
    t.foreign_key<&Movement::warehouse, &Movement::article>()
        .references<&Stock::warehouse, &Stock::article>();
    t.many_to_one<&Movement::stock, &Movement::warehouse, &Movement::article>();
  }
};

struct Fixture {
  Metadata models = Metadata::of<Article, Stock, Movement>();
  std::vector<std::string> urls = orm_test::fresh_urls();
  Engine engine{GENERATE_REF(from_range(urls))};
  Session db{engine, models};
  Fixture() { models.create_all(engine); }
};

Article full_article() {
  Article article;
  article.id = {5};
  article.flag = true;
  article.small = std::numeric_limits<std::int16_t>::min();
  article.small_unsigned = std::numeric_limits<std::uint16_t>::max();
  article.medium = std::numeric_limits<std::int32_t>::min();
  article.medium_unsigned = std::numeric_limits<std::uint32_t>::max();
  article.big = std::numeric_limits<std::int64_t>::min();
  article.big_unsigned = 1ULL << 62;
  article.single = 1.5F;
  article.twice = 0.1;
  article.text = "a\"\\,{}b";
  article.price = Numeric("12.50");
  article.exact = Numeric("-12345678901234567890.000000000012345");
  article.day = Date(std::chrono::year(1912), std::chrono::month(2), std::chrono::day(29));
  article.at.since_midnight = std::chrono::microseconds(3661000001);
  article.local = LocalTime(std::chrono::microseconds(-1));
  article.utc = SysTime(std::chrono::microseconds(1700000000123456));
  article.span = {14, -3, -5000001};
  article.bytes.bytes = std::string("\0\xff", 2);
  article.uuid = Uuid::parse("01234567-89ab-cdef-0123-456789abcdef");
  article.json.text = "[1]";
  article.status = Status::kGone;
  article.tags.joined = "a,b";
  article.maybe_status = Status::kPublished;
  article.maybe_number = -7;
  article.audit.by = "me";
  article.set_note("private");
  return article;
}

TEST_CASE_METHOD(Fixture, "Every type comes back as it went") {
  const Article given = full_article();
  db.add(given);
  db.commit();
  db.expunge_all();
  const auto read = db.get<Article>(ArticleId{5});
  REQUIRE(read);
  CHECK(read->flag);
  CHECK(read->small == given.small);
  CHECK(read->small_unsigned == given.small_unsigned);
  CHECK(read->medium == given.medium);
  CHECK(read->medium_unsigned == given.medium_unsigned);
  CHECK(read->big == given.big);
  CHECK(read->big_unsigned == given.big_unsigned);
  CHECK(read->single == given.single);
  CHECK(read->twice == given.twice);
  CHECK(read->text == given.text);
  CHECK(read->price == Numeric("12.5"));
  CHECK(read->exact == given.exact);
  CHECK(read->day == given.day);
  CHECK(read->at == given.at);
  CHECK(read->local == given.local);
  CHECK(read->utc == given.utc);
  CHECK(read->span == given.span);
  CHECK(read->bytes == given.bytes);
  CHECK(read->uuid == given.uuid);
  CHECK(read->json == given.json);
  CHECK(read->status == Status::kGone);
  CHECK(read->tags == given.tags);
  CHECK(read->maybe_status == Status::kPublished);
  CHECK_FALSE(read->maybe_uuid);
  CHECK(read->maybe_number == -7);
  CHECK(read->audit.by == "me");
  CHECK(read->note() == "private");
}

TEST_CASE_METHOD(Fixture, "Types of one's own are compared, embedded members written") {
  db.add(full_article());
  db.flush();
  CHECK(db.query<Article>().filter(col<&Article::status> == Status::kGone).count() == 1);
  CHECK(db.query<Article>().filter(col<&Article::maybe_status> != std::nullopt).count() == 1);
  CHECK(db.query<Article>().filter(col<&Article::id> == ArticleId{5}).count() == 1);
  CHECK(db.query<Article>().filter(col<&Article::price> < Numeric("12.6")).count() == 1);
  CHECK(db.query<Article>().filter(col<&Article::audit, &Audit::by> == "me").count() == 1);
  auto article = db.get<Article>(ArticleId{5});
  article.set<&Article::audit, &Audit::by>("you");
  article.set<&Article::status>(Status::kDraft);
  db.commit();
  CHECK(db.execute("SELECT status || audit_by FROM article").text(0, 0) == "draftyou");
  // A check on SQLite, the type's own refusal on PostgreSQL.
  CHECK_THROWS_AS(db.execute("UPDATE article SET status = 'lost'"), Error);
}

TEST_CASE_METHOD(Fixture, "Decimal numbers are exact, and compare and sort by value") {
  std::int64_t id = 0;
  for (const char* digits : {"9", "10.0", "-2", "-10", "0.10", "10.000000000000000000001"}) {
    Article article = full_article();
    article.id = {++id};
    article.exact = Numeric(digits);
    db.add(article);
  }
  db.commit();
  std::vector<std::int64_t> order;
  for (const auto& article : db.query<Article>().order_by(col<&Article::exact>).all())
    order.push_back(article->id.value);
  CHECK(order == std::vector<std::int64_t>{4, 3, 5, 1, 2, 6});
  CHECK(db.query<Article>().filter(col<&Article::exact> == Numeric("10")).count() == 1);
  CHECK(db.query<Article>().filter(col<&Article::exact> > Numeric("1.0")).count() == 3);
  CHECK(db.select(max(col<&Article::exact>)).scalar() == Numeric("10.000000000000000000001"));
}

TEST_CASE("What create_all makes of a decimal number is what the models say") {
  const auto models = Metadata::of<Article, Stock, Movement>();
  const std::vector<std::string> urls = orm_test::fresh_urls();
  const Engine engine(GENERATE_REF(from_range(urls)));
  models.create_all(engine);
  Session db(engine, models);
  if (engine.dialect() == "sqlite") {
    const Rows rows = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'article'");
    CHECK(rows.text(0, 0).find("exact TEXT COLLATE decimal") != std::string::npos);
  } else {
    const Rows rows = db.execute(
        "SELECT data_type FROM information_schema.columns WHERE column_name = 'exact'");
    CHECK(rows.text(0, 0) == "numeric");
  }
}

TEST_CASE_METHOD(Fixture, "Tables with enums are created where they are missing, and dropped") {
  models.create_all(engine);
  db.execute("DROP TABLE movement");
  db.commit();
  models.create_all(engine);
  CHECK(db.query<Movement>().count() == 0);
  db.commit();
  models.drop_all(engine);
  models.drop_all(engine);
  models.create_all(engine);
  CHECK(db.query<Article>().count() == 0);
}

TEST_CASE_METHOD(Fixture, "Numbers that do not fit are refused") {
  Article article = full_article();
  article.big_unsigned = std::numeric_limits<std::uint64_t>::max();
  db.add(article);
  CHECK_THROWS_AS(db.flush(), ConversionError);
  db.rollback();
  db.add(full_article());
  db.commit();
  db.expunge_all();
  if (engine.dialect() != "sqlite") {  // where the column itself refuses it
    CHECK_THROWS_AS(db.execute("UPDATE article SET small = 40000"), Error);
    return;
  }
  db.execute("UPDATE article SET small = 40000");
  CHECK_THROWS_WITH(db.get<Article>(ArticleId{5}), Catch::Matchers::Contains("small"));
}

TEST_CASE_METHOD(Fixture, "Composite keys find, connect and compute") {
  auto stock = db.add(Stock{.warehouse = "north", .article = 7, .count = 3});
  auto move = db.add(Movement{.stock = stock});
  db.commit();
  CHECK(stock->doubled == 6);
  CHECK(move->warehouse == "north");
  db.expunge_all();
  CHECK(db.get<Movement>(1)->stock->count == 3);
  CHECK(db.get<Stock>({"north", 7})->count == 3);
  CHECK_FALSE(db.get<Stock>({"north", 8}));
  CHECK_THROWS_AS(db.get<Stock>(7), Error);
  db.get<Stock>({"north", 7}).set<&Stock::count>(-1);
  try {
    db.flush();
    FAIL("a check holds");
  } catch (const IntegrityError& error) {
    CHECK(error.violation() == Violation::kCheck);
  }
}

std::int64_t next_revision() {
  static std::int64_t last = 0;
  return ++last;
}

struct Page {
  std::int64_t id{};
  std::string text{};
  std::int64_t revision{};
  static void describe(TableOf<Page>& t) {
    t.name("page")
        .column<&Page::id>({.primary_key = true, .autoincrement = true})
        .column<&Page::text>({.index = true})
        .column<&Page::revision>({.on_update = &next_revision});
  }
};

TEST_CASE("A column with on_update gets its value with every UPDATE that does not set it") {
  const auto models = Metadata::of<Page>();
  CHECK(models.schema().tables[0].indexes[0].name == "ix_page_text");
  const Engine engine("sqlite://");
  models.create_all(engine);
  Session db(engine, models, {.autoflush = false});
  auto page = db.add(Page{.text = "a"});
  CHECK(db.query<Page>().count() == 0);
  db.commit();
  CHECK(page->revision == 0);
  page.set<&Page::text>("b");
  db.commit();
  CHECK(page->revision == 1);
  page.set<&Page::text>("c").set<&Page::revision>(40);
  db.commit();
  CHECK(page->revision == 40);
}

TEST_CASE("Decimal numbers compare by value") {
  CHECK(Numeric("1.50") == Numeric("1.5"));
  CHECK(Numeric("-0.0") == Numeric("0"));
  CHECK(Numeric("-2") < Numeric("-1.5"));
  CHECK(Numeric("10") > Numeric("9.99"));
  CHECK(Numeric("0.09") < Numeric("0.1"));
  for (const char* text : {"", "-", ".", "1e5", "1.2.3", " 1"}) {
    CHECK_THROWS_AS(Numeric(text), ConversionError);
  }
  CHECK_THROWS_AS(Uuid::parse("0123"), ConversionError);
  CHECK(Uuid::random().text()[14] == '4');
}

}  // namespace shop
