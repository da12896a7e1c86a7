#include "ormdb/orm.h"
#include "unit/orm/linkage.h"

namespace {

using namespace ormdb;

struct Child;
struct Local {
  std::int64_t id{};
  std::string title{};
  Many<Child> children{};
  static void describe(TableOf<Local>& t);
};
struct Child {
  std::int64_t id{};
  std::int64_t parent_id{};
  One<Local> parent{};
  static void describe(TableOf<Child>& t);
};

void Local::describe(TableOf<Local>& t) {
  t.name("first_local").column<&Local::id>({.primary_key = true}).column<&Local::title>();
  t.one_to_many<&Local::children, &Child::parent_id>()
      .back_populates<&Child::parent>()
      .order_by<&Child::id>();
}
void Child::describe(TableOf<Child>& t) {
  t.name("first_child")
      .column<&Child::id>({.primary_key = true})
      .column<&Child::parent_id>({.references = fk<&Local::id>()});
  t.many_to_one<&Child::parent, &Child::parent_id>().back_populates<&Local::children>();
}

}  // namespace

std::string linkage::first() {
  const auto models = Metadata::of<Local, Child>();
  const Engine engine("sqlite://");
  models.create_all(engine);
  Session db(engine, models);
  auto local = db.add(Local{.title = "first"});
  local->children.append(db.add(Child{}));
  db.commit();
  std::string result;
  for (const Column& column : models.schema().tables[0].columns) result += column.name + " ";
  const auto found =
      db.query<Local>().filter(col<&Local::title> == "first" && any<&Local::children>());
  result += std::to_string(found.count()) + " ";
  db.expunge_all();
  const auto loaded = db.query<Local>().options(selectinload<&Local::children>()).all();
  result += std::to_string(loaded[0]->children.size()) + " ";
  const auto joined =
      db.select(col<&Local::title>, count()).join<&Local::children>().group_by(col<&Local::title>);
  result += std::get<0>(*joined.first()) + " ";
  db.query<Local>().update({set_to<&Local::title>("new first")});
  return result + db.query<Local>().one()->title;
}
