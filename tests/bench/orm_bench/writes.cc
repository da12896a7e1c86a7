#include <algorithm>
#include <numeric>
#include <random>

#include "bench.h"

using ormdb::Session;

double orm_insert(const ormdb::Engine& engine, std::int64_t rows) {
  Session db(engine, bench_models());
  return seconds([&] {
    for (std::int64_t i = 0; i < rows; ++i) db.add(person_number(i));
    db.commit();
  });
}

double orm_bulk_insert(const ormdb::Engine& engine, std::int64_t rows) {
  Session db(engine, bench_models());
  return seconds([&] {
    std::vector<Person> persons;
    persons.reserve(static_cast<std::size_t>(rows));
    for (std::int64_t i = 0; i < rows; ++i) persons.push_back(person_number(i));
    db.bulk_insert(persons);
    db.commit();
  });
}

double orm_update(const ormdb::Engine& engine, std::int64_t rows) {
  Session db(engine, bench_models());
  const auto persons = db.query<Person>().all();
  require(static_cast<std::int64_t>(persons.size()) == rows);
  return seconds([&] {
    for (auto person : persons) person.set<&Person::age>(person->age + 1);
    db.commit();
  });
}

namespace {

double insert(const Setting& setting) { return orm_insert(bench_engine(setting), setting.rows); }
double bulk_insert(const Setting& setting) {
  return orm_bulk_insert(bench_engine(setting), setting.rows);
}

double raw_insert(const Setting& setting) {
  const raw::Database db(setting.path("raw"));
  make_tables(db);
  return seconds([&] {
    std::vector<Person> persons;
    persons.reserve(static_cast<std::size_t>(setting.rows));
    for (std::int64_t i = 0; i < setting.rows; ++i) persons.push_back(person_number(i));
    db.run("BEGIN");
    {
      raw::Statement insert(db.get(), "INSERT INTO person VALUES (NULL, ?, ?, ?, ?, ?)");
      for (Person& person : persons) {
        insert.bind(1, person.name);
        insert.bind(2, person.email);
        insert.bind(3, person.age);
        insert.bind(4, person.score);
        insert.bind(5, std::int64_t{person.active});
        insert.run();
        person.id = sqlite3_last_insert_rowid(db.get());
      }
    }
    db.run("COMMIT");
  });
}

double update(const Setting& setting) {
  const auto engine = bench_engine(setting);
  fill(engine, setting.rows, 0);
  return orm_update(engine, setting.rows);
}

double raw_update(const Setting& setting) {
  const raw::Database db(setting.path("raw"));
  make_tables(db);
  fill(db, setting.rows, 0);
  std::vector<PlainPerson> persons(static_cast<std::size_t>(setting.rows));
  raw::Statement select(db.get(), "SELECT * FROM person");
  for (PlainPerson& person : persons) {
    select.step();
    read_person(select, person);
  }
  select.reset();
  return seconds([&] {
    db.run("BEGIN");
    {
      raw::Statement update(db.get(), "UPDATE person SET age = ? WHERE id = ?");
      for (PlainPerson& person : persons) {
        update.bind(1, ++person.age);
        update.bind(2, person.id);
        update.run();
      }
    }
    db.run("COMMIT");
  });
}

/// A random tree in random order: the parent of node i, -1 for roots.
std::vector<std::int64_t> random_tree(std::int64_t count) {
  std::mt19937_64 random(7);
  std::vector<std::int64_t> order(static_cast<std::size_t>(count)), parents(order.size(), -1);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  for (std::size_t i = 1; i < order.size(); ++i) {
    parents[static_cast<std::size_t>(order[i])] = order[random() % i];
  }
  return parents;
}

/// Half of the nodes get another label, a tenth that nobody has for a parent goes.
constexpr bool is_changed(std::size_t i) { return i % 2 == 0; }
std::vector<bool> going(const std::vector<std::int64_t>& parents) {
  std::vector<bool> gone(parents.size());
  for (std::size_t i = 0; i < gone.size(); i += 5) gone[i] = true;
  for (const std::int64_t parent : parents) {
    if (parent >= 0) gone[static_cast<std::size_t>(parent)] = false;
  }
  return gone;
}

double orm_unit_of_work(const Setting& setting) {
  const auto engine = bench_engine(setting);
  const auto parents = random_tree(setting.rows);
  const auto gone = going(parents);
  Session db(engine, bench_models());
  return seconds([&] {
    std::vector<ormdb::Ref<Node>> nodes;
    nodes.reserve(parents.size());
    for (std::size_t i = 0; i < parents.size(); ++i) nodes.push_back(db.add(Node{.label = "new"}));
    for (std::size_t i = 0; i < parents.size(); ++i) {
      if (parents[i] >= 0) nodes[i]->parent.set(nodes[static_cast<std::size_t>(parents[i])]);
    }
    db.flush();
    for (std::size_t i = 0; i < parents.size(); ++i) {
      if (gone[i]) {
        db.remove(nodes[i]);
      } else if (is_changed(i)) {
        nodes[i].set<&Node::label>("changed");
      }
    }
    db.commit();
  });
}

struct PlainNode {
  std::int64_t id = 0;
  std::string label;
  PlainNode* parent = nullptr;
};

void raw_insert_node(const raw::Database& db, raw::Statement& insert, PlainNode& node) {
  std::vector<PlainNode*> path;
  for (PlainNode* at = &node; at != nullptr && at->id == 0; at = at->parent) path.push_back(at);
  for (auto at = path.rbegin(); at != path.rend(); ++at) {
    insert.bind(1, (*at)->label);
    if ((*at)->parent == nullptr) {
      insert.bind_null(2);
    } else {
      insert.bind(2, (*at)->parent->id);
    }
    insert.run();
    (*at)->id = sqlite3_last_insert_rowid(db.get());
  }
}

double raw_unit_of_work(const Setting& setting) {
  const raw::Database db(setting.path("raw"));
  make_tables(db);
  const auto parents = random_tree(setting.rows);
  const auto gone = going(parents);
  return seconds([&] {
    std::vector<PlainNode> nodes(parents.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      nodes[i].label = "new";
      if (parents[i] >= 0) nodes[i].parent = &nodes[static_cast<std::size_t>(parents[i])];
    }
    db.run("BEGIN");
    {
      raw::Statement insert(db.get(), "INSERT INTO node VALUES (NULL, ?, ?)");
      raw::Statement update(db.get(), "UPDATE node SET label = ? WHERE id = ?");
      raw::Statement erase(db.get(), "DELETE FROM node WHERE id = ?");
      for (PlainNode& node : nodes) raw_insert_node(db, insert, node);
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (gone[i]) {
          erase.bind(1, nodes[i].id);
          erase.run();
        } else if (is_changed(i)) {
          nodes[i].label = "changed";
          update.bind(1, nodes[i].label);
          update.bind(2, nodes[i].id);
          update.run();
        }
      }
    }
    db.run("COMMIT");
  });
}

}  // namespace

const std::vector<Benchmark>& write_benchmarks() {
  static const std::vector<Benchmark> kAll = {
      {"insert with add", 1.45, &insert, &raw_insert},
      {"bulk_insert", 1.15, &bulk_insert, &raw_insert},
      {"update", 1.20, &update, &raw_update},
      {"unit of work, mixed, tree", 1.45, &orm_unit_of_work, &raw_unit_of_work}};
  return kAll;
}
