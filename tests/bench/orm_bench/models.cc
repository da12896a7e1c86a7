#include "models.h"

using ormdb::TableOf;

void Person::describe(TableOf<Person>& t) {
  t.name("person")
      .column<&Person::id>({.type = "integer", .primary_key = true})
      .column<&Person::name>()
      .column<&Person::email>()
      .column<&Person::age>()
      .column<&Person::score>()
      .column<&Person::active>();
  t.one_to_many<&Person::posts, &BenchPost::person_id>().back_populates<&BenchPost::person>();
}

void BenchPost::describe(TableOf<BenchPost>& t) {
  t.name("post")
      .column<&BenchPost::id>({.type = "integer", .primary_key = true})
      .column<&BenchPost::title>()
      .column<&BenchPost::person_id>(
          {.type = "integer", .index = true, .references = ormdb::fk<&Person::id>()});
  t.many_to_one<&BenchPost::person, &BenchPost::person_id>().back_populates<&Person::posts>();
}

void Node::describe(TableOf<Node>& t) {
  t.name("node")
      .column<&Node::id>({.type = "integer", .primary_key = true})
      .column<&Node::label>()
      .column<&Node::parent_id>(
          {.type = "integer", .index = true, .references = ormdb::fk<&Node::id>()});
  t.many_to_one<&Node::parent, &Node::parent_id>();
}

void Word::describe(TableOf<Word>& t) {
  t.name("word").column<&Word::id>({.primary_key = true}).column<&Word::value>();
}

void Asset::describe(TableOf<Asset>& t) {
  t.name("asset").column<&Asset::id>({.primary_key = true}).column<&Asset::value>();
}

void Cell::describe(TableOf<Cell>& t) {
  t.name("cell").column<&Cell::x>().column<&Cell::y>().column<&Cell::value>();
  t.primary_key<&Cell::x, &Cell::y>();
}

const ormdb::Metadata& bench_models() {
  static const auto kModels = ormdb::Metadata::of<Person, BenchPost, Node, Word, Asset, Cell>();
  return kModels;
}
